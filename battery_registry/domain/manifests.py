"""A manifest: packs in drums on their way from a collector to a recycler.

Damage class and packing instruction must agree, or the drums stay where they
are. What is counted and weighed at the gate must be what was sent, or nothing
of the manifest is destroyed until somebody has settled the difference.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from battery_registry.domain.gs1.check_digits import is_sscc
from battery_registry.domain.manifest_refusals import (
    JudgeUntrainedError,
    ManifestUnsoundError,
    PackingError,
    PapersMissingError,
    SsccError,
)
from battery_registry.domain.mass_balance import is_near


class WasteKind(StrEnum):
    """What is carried; lead-acid is hazardous waste (HW31) of its own rules."""

    LITHIUM = "lithium"
    LEAD_ACID = "lead_acid"


class DamageClass(StrEnum):
    """How a pack is damaged, as a competent person judged it."""

    NONE = "none"
    DAMAGED = "damaged"
    REACTING = "reacting"


class Packing(StrEnum):
    """Packing instructions of ADR for used batteries."""

    P801 = "P801"
    P908 = "P908"
    P909 = "P909"
    P911 = "P911"


class ManifestStatus(StrEnum):
    """Where a manifest stands; ``differing`` is received but not as sent."""

    DRAFT = "draft"
    DISPATCHED = "dispatched"
    DIFFERING = "differing"
    SETTLED = "settled"


class PackStatus(StrEnum):
    """What became of one pack of a manifest."""

    LISTED = "listed"
    SENT = "sent"
    RECEIVED = "received"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class PackingRule:
    """Which packing a damage class needs, and by which rule."""

    rule_id: str
    packing: Packing


# ADR 2025, chapter 3.3 (special provisions) and 4.1.4.1 (packing instructions).
PACKING_RULES: Final[Mapping[DamageClass, PackingRule]] = MappingProxyType(
    {
        DamageClass.NONE: PackingRule(rule_id="ADR-SP377-P909", packing=Packing.P909),
        DamageClass.DAMAGED: PackingRule(
            rule_id="ADR-SP376-P908", packing=Packing.P908
        ),
        DamageClass.REACTING: PackingRule(
            rule_id="ADR-SP376-P911", packing=Packing.P911
        ),
    }
)
LEAD_ACID_RULE: Final = PackingRule(rule_id="ADR-P801", packing=Packing.P801)
# The project's own: nobody judges damage on training older than that.
TRAINING_LASTS: Final = timedelta(days=730)


@dataclass(frozen=True, kw_only=True, slots=True)
class Drum:
    """A drum by its SSCC, how damaged its packs are, and how they are packed."""

    sscc: str
    damage_class: DamageClass
    packing_instruction: Packing


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPack:
    """A pack of the list: its label, its drum, what it weighs in kg."""

    code: str
    sscc: str
    mass_kg: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Papers:
    """What goes with the drums.

    Args:
        waste_kind: What is carried.
        judged_by: Staff number of the competent person who judged the damage.
        judge_trained_on: The day of that person's last training.
        licence_number: The licence to carry lead-acid.
        transfer_manifest_number: The number of the official transfer manifest.
        vehicle: What carries it.
    """

    waste_kind: WasteKind
    judged_by: str
    judge_trained_on: date
    licence_number: str | None = None
    transfer_manifest_number: str | None = None
    vehicle: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A manifest as the sender tells it."""

    manifest_id: UUID
    carrier: str
    receiver: str
    papers: Papers
    drums: tuple[Drum, ...]
    packs: tuple[ListedPack, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A drum at both ends, in kg; ``received_kg`` is None if it was not weighed."""

    sscc: str
    sent_kg: float
    received_kg: float | None

    def is_nearer(self, earlier_kg: float | None) -> bool:
        """Tell whether it is as near to what was sent as it was earlier, or nearer.

        Nothing is farther than a mass that nobody knows.
        """
        if self.received_kg is None or earlier_kg is None:
            return earlier_kg is None
        return abs(self.received_kg - self.sent_kg) <= abs(earlier_kg - self.sent_kg)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What is not as it was sent.

    Args:
        missing: Codes of the packs that did not arrive.
        surplus: Codes of packs that arrived and were not on the list.
        masses: Drums whose mass differs, or that were not weighed.
        elsewhere: Codes of packs that arrived and that another than the carrier
            answers for by now; they come in by an offer of their own.
    """

    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    masses: tuple[Weighed, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        return bool(self.missing or self.elsewhere or self.surplus or self.masses)

    def is_within(self, settled: Mapping[str, Any]) -> bool:
        """Tell whether all of it was in what is settled, as ``detail`` spelled that.

        A drum may have come nearer to what was sent since, but not gone farther.
        """
        packs = {*settled["missing"], *settled["surplus"], *settled["elsewhere"]}
        known = {drum["sscc"]: drum for drum in settled["masses"]}
        return {*self.missing, *self.surplus, *self.elsewhere} <= packs and all(
            drum.sscc in known and drum.is_nearer(known[drum.sscc]["received_kg"])
            for drum in self.masses
        )

    def detail(self) -> dict[str, object]:
        """Spell it as JSON values."""
        return {
            "missing": list(self.missing),
            "surplus": list(self.surplus),
            "elsewhere": list(self.elsewhere),
            "masses": [
                {
                    "sscc": drum.sscc,
                    "sent_kg": drum.sent_kg,
                    "received_kg": drum.received_kg,
                }
                for drum in self.masses
            ],
        }


def check_draft(draft: Draft) -> None:
    """Refuse a list that does not hold together.

    Raises:
        SsccError: A drum's number is no SSCC.
        ManifestUnsoundError: A drum or a pack is named twice, a drum is empty,
            or a pack lies in a drum that is not listed.
    """
    for place, drum in enumerate(draft.drums):
        if not is_sscc(drum.sscc):
            raise SsccError(field=f"drums.{place}.sscc", sscc=drum.sscc)
    drums = Counter(drum.sscc for drum in draft.drums)
    codes = Counter(pack.code for pack in draft.packs)
    if max(drums.values(), default=0) > 1:
        raise ManifestUnsoundError(field="drums")
    if max(codes.values(), default=0) > 1:
        raise ManifestUnsoundError(field="packs")
    if {pack.sscc for pack in draft.packs} != set(drums):
        raise ManifestUnsoundError(field="packs")


def check_dispatch(papers: Papers, *, drums: Sequence[Drum], today: date) -> None:
    """Refuse to let drums go that are packed wrong or lack their papers.

    Raises:
        PackingError: Damage class and packing instruction do not agree; the
            rule is named.
        PapersMissingError: Lead-acid without its numbers.
        JudgeUntrainedError: The judge's training is too old or in the future.
    """
    for drum in drums:
        is_lithium = papers.waste_kind is WasteKind.LITHIUM
        rule = PACKING_RULES[drum.damage_class] if is_lithium else LEAD_ACID_RULE
        if drum.packing_instruction is not rule.packing:
            raise PackingError(
                extra={
                    "rule": rule.rule_id,
                    "sscc": drum.sscc,
                    "damage_class": drum.damage_class.value,
                    "packing_instruction": drum.packing_instruction.value,
                    "needs": rule.packing.value,
                },
                rule=rule.rule_id,
                sscc=drum.sscc,
                needs=rule.packing.value,
            )
    if papers.waste_kind is WasteKind.LEAD_ACID:
        _check_papers(papers)
    if not today - TRAINING_LASTS <= papers.judge_trained_on <= today:
        raise JudgeUntrainedError(field="judge_trained_on")


def _check_papers(papers: Papers) -> None:
    for name in ("licence_number", "transfer_manifest_number"):
        told: str | None = getattr(papers, name)
        if not told or not any(sign.isalnum() for sign in told):
            raise PapersMissingError(field=name, extra={"rule": "HW31-900-052-31"})


def differing(
    drums: Sequence[Weighed], *, tolerance_frac: float
) -> tuple[Weighed, ...]:
    """Pick the drums whose mass is not what was sent, or that nobody weighed."""
    return tuple(
        drum
        for drum in drums
        if drum.received_kg is None
        or not is_near(
            drum.received_kg, before=drum.sent_kg, tolerance_frac=tolerance_frac
        )
    )
