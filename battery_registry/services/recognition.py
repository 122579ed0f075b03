"""Which battery it is: by its label, by the maker's codes, or a new one."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry.domain import code, identifiers
from battery_registry.domain.code import PublicCode
from battery_registry.domain.identifiers import MakerCode
from battery_registry.domain.registration import (
    CodeOfAnotherBatteryError,
    LabelReplacedError,
    LabelUnknownError,
    SecondLabelError,
    UnitKindChangedError,
)
from battery_registry.domain.submission import CodeScheme, Identity, Submission
from battery_registry.scoring.measurement import Measurement
from battery_registry.store import batteries
from battery_registry.store.batteries import KnownBattery, LabelRow
from battery_registry.store.ids import new_id

_Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognised:
    """The battery of an inspection.

    Args:
        battery_id: Its id, made now for a new one.
        public_code: The code on its label.
        known: What the registry knows of it; None for a new one.
        claims_label: The label was blank and becomes this battery's.
        new_codes: Maker codes that the registry has not seen before.
    """

    battery_id: UUID
    public_code: PublicCode
    known: KnownBattery | None
    claims_label: bool
    new_codes: tuple[MakerCode, ...]

    @property
    def has_case(self) -> bool:
        """Whether it is red, and a case is open."""
        return self.known is not None and self.known.case_id is not None


class Recognition:
    """What is known of all the batteries of one delivery, kept up to date.

    Two inspections of one delivery can be of the same battery, so what the
    first one registers is known to the second.
    """

    def __init__(
        self,
        labels: Mapping[str, LabelRow],
        owners: Mapping[_Key, UUID],
        known: Mapping[UUID, KnownBattery],
    ) -> None:
        """Start from what the store knows."""
        self._labels = dict(labels)
        self._owners = dict(owners)
        self._known = dict(known)

    def recognise(self, submission: Submission, *, now: datetime) -> Recognised:
        """Say which battery it is.

        Raises:
            LabelUnknownError: No label with this code was ever made.
            LabelReplacedError: The label was replaced by another.
            SecondLabelError: A blank label on a battery that has one already.
            CodeOfAnotherBatteryError: Label and maker's code are of two.
            UnitKindChangedError: It was another kind of unit before.
            IdentifierError: The maker's code breaks its scheme.
        """
        identity = submission.identity
        codes = maker_codes(submission)
        by_label = self._by_label(identity.label_code)
        battery_id = self._agree(by_label, codes)
        known = self._known.get(battery_id) if battery_id else None
        claims = identity.label_code is not None and by_label is None
        if known is not None:
            _check_same(known, submission, codes, claims=claims)
        return Recognised(
            battery_id=battery_id or new_id(now),
            public_code=_public_code(known, identity.label_code),
            known=known,
            claims_label=claims,
            new_codes=tuple(c for c in codes if _key(c) not in self._owners),
        )

    def battery_ids(self) -> tuple[UUID, ...]:
        """The batteries of this delivery that are registered already."""
        return tuple(self._known)

    def red_battery_ids(self) -> tuple[UUID, ...]:
        """Those of them that have an open case."""
        return tuple(
            battery_id
            for battery_id, known in self._known.items()
            if known.case_id is not None
        )

    def remember(self, recognised: Recognised, *, known: KnownBattery) -> None:
        """Keep what an inspection made of its battery, for the next one."""
        self._known[known.battery_id] = known
        self._labels[known.public_code] = LabelRow(
            code=known.public_code, battery_id=known.battery_id, replaced_by=None
        )
        for maker_code in recognised.new_codes:
            self._owners[_key(maker_code)] = known.battery_id

    def _by_label(self, label_code: str | None) -> UUID | None:
        if label_code is None:
            return None
        found = self._labels.get(label_code)
        if found is None:
            raise LabelUnknownError(field="label_code")
        if found.replaced_by is not None:
            raise LabelReplacedError(field="label_code")
        return found.battery_id

    def _agree(
        self, by_label: UUID | None, codes: tuple[MakerCode, ...]
    ) -> UUID | None:
        owners = [self._owners[_key(c)] for c in codes if _key(c) in self._owners]
        found = {*owners, *([by_label] if by_label else [])}
        if len(found) > 1:
            raise CodeOfAnotherBatteryError(field="pack_code")
        return found.pop() if found else None


def prepare(session: Session, *, submissions: Iterable[Submission]) -> Recognition:
    """Read, and hold, everything known of the batteries of a delivery."""
    wanted = list(submissions)
    labels = batteries.find_labels(
        session,
        codes={s.identity.label_code for s in wanted if s.identity.label_code},
    )
    codes: set[MakerCode] = set()
    for submission in wanted:
        codes.update(_readable_codes(submission))
    owners = batteries.find_by_maker_codes(session, codes=codes)
    bound = {row.battery_id for row in labels.values() if row.battery_id}
    known = batteries.lock(session, battery_ids=bound | set(owners.values()))
    return Recognition(labels, owners, known)


def maker_codes(submission: Submission) -> tuple[MakerCode, ...]:
    """Parse the maker's codes: the present one first, then the prior ones.

    Raises:
        IdentifierError: A code breaks its scheme.
    """
    return _parse(submission.identity)


# One inspection's codes are asked for three times on its way.
@lru_cache(maxsize=1_000)
def _parse(identity: Identity) -> tuple[MakerCode, ...]:
    if identity.pack_code is None:
        return ()
    scheme = identity.pack_code_scheme
    first = identifiers.parse(scheme, value=identity.pack_code, maker=identity.maker)
    prior = [
        identifiers.parse(CodeScheme.MAKER, value=value, maker=identity.maker)
        for value in identity.prior_codes
    ]
    return tuple(dict.fromkeys([first, *prior]))


def with_what_its_code_says(submission: Submission) -> Measurement:
    """Get the measurement, marked second-life where the maker's code says so."""
    if any(code.second_life for code in maker_codes(submission)):
        return replace(submission.measurement, second_life=True)
    return submission.measurement


def _check_same(
    known: KnownBattery,
    submission: Submission,
    codes: tuple[MakerCode, ...],
    *,
    claims: bool,
) -> None:
    """Refuse what says that it is another battery than the known one."""
    if claims:
        own = code.show(PublicCode(known.public_code))
        raise SecondLabelError(field="label_code", own=own)
    if known.unit_kind != submission.measurement.unit_kind:
        raise UnitKindChangedError(field="unit_kind", known=known.unit_kind)
    # A battery that was coded anew names its old code among the prior ones.
    named = {*(each.value for each in codes), *submission.identity.prior_codes}
    if codes and known.pack_code is not None and known.pack_code not in named:
        raise CodeOfAnotherBatteryError(field="pack_code")


def _readable_codes(submission: Submission) -> tuple[MakerCode, ...]:
    # A code that breaks its scheme refuses its own inspection later, by name.
    try:
        return maker_codes(submission)
    except identifiers.IdentifierError:
        return ()


def _public_code(known: KnownBattery | None, label_code: str | None) -> PublicCode:
    if known is not None:
        return PublicCode(known.public_code)
    if label_code is not None:
        return PublicCode(label_code)
    return code.mint(secrets.token_bytes(code.RANDOM_BYTES))


def _key(maker_code: MakerCode) -> _Key:
    return (maker_code.scheme.value, maker_code.issuer, maker_code.value)
