"""Manifests: a list that holds together, packing that fits, masses that agree."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.gs1.check_digits import check_digit
from battery_registry.domain.manifest_refusals import (
    JudgeUntrainedError,
    ManifestUnsoundError,
    PackingError,
    PapersMissingError,
    SsccError,
)
from battery_registry.domain.manifests import (
    LEAD_ACID_RULE,
    PACKING_RULES,
    TRAINING_LASTS,
    DamageClass,
    Difference,
    Draft,
    Drum,
    ListedPack,
    Packing,
    Papers,
    WasteKind,
    Weighed,
    check_dispatch,
    check_draft,
    differing,
)

TODAY = date(2026, 11, 23)


def sscc(number: int) -> str:
    body = f"09520000000{number:06d}"
    return body + check_digit(body)


ONE, TWO = sscc(1), sscc(2)
PAPERS = Papers(
    waste_kind=WasteKind.LITHIUM, judged_by="C-0001", judge_trained_on=TODAY
)
ACID_PAPERS = replace(
    PAPERS,
    waste_kind=WasteKind.LEAD_ACID,
    licence_number="HW31-7",
    transfer_manifest_number="2026-110000-1",
)


def make_drum(
    number: str = ONE,
    damage: DamageClass = DamageClass.DAMAGED,
    packing: Packing = Packing.P908,
) -> Drum:
    return Drum(sscc=number, damage_class=damage, packing_instruction=packing)


def make_pack(code: str = "a", number: str = ONE) -> ListedPack:
    return ListedPack(code=code, sscc=number, mass_kg=4.0)


def make_draft(drums: tuple[Drum, ...], packs: tuple[ListedPack, ...]) -> Draft:
    return Draft(
        manifest_id=UUID(int=1),
        carrier="safe-haul",
        receiver="greencell",
        papers=PAPERS,
        drums=drums,
        packs=packs,
    )


def test_a_sound_list_passes() -> None:
    check_draft(make_draft((make_drum(),), (make_pack("a"), make_pack("b"))))
    check_draft(
        make_draft((make_drum(), make_drum(TWO)), (make_pack(), make_pack("b", TWO)))
    )


@pytest.mark.parametrize(
    ("drums", "packs", "refusal", "field"),
    [
        ((make_drum(), make_drum(ONE[:-1] + "x")), (), SsccError, "drums.1.sscc"),
        ((make_drum(), make_drum()), (make_pack(),), ManifestUnsoundError, "drums"),
        ((make_drum(),), (make_pack(), make_pack()), ManifestUnsoundError, "packs"),
        ((make_drum(), make_drum(TWO)), (make_pack(),), ManifestUnsoundError, "packs"),
        ((make_drum(),), (make_pack("a", TWO),), ManifestUnsoundError, "packs"),
        ((make_drum(),), (), ManifestUnsoundError, "packs"),
    ],
)
def test_what_does_not_hold_together_is_named(
    drums: tuple[Drum, ...],
    packs: tuple[ListedPack, ...],
    refusal: type[RegistryError],
    field: str,
) -> None:
    with pytest.raises(refusal) as refused:
        check_draft(make_draft(drums, packs))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "damage", "packing"), list(product(WasteKind, DamageClass, Packing))
)
def test_each_damage_class_has_one_packing(
    kind: WasteKind, damage: DamageClass, packing: Packing
) -> None:
    is_lithium = kind is WasteKind.LITHIUM
    rule = PACKING_RULES[damage] if is_lithium else LEAD_ACID_RULE
    papers = PAPERS if is_lithium else ACID_PAPERS
    drums = [make_drum(damage=damage, packing=packing)]
    if packing is rule.packing:
        check_dispatch(papers, drums=drums, today=TODAY)
        return
    with pytest.raises(PackingError) as refused:
        check_dispatch(papers, drums=drums, today=TODAY)
    assert (refused.value.code, refused.value.kind) == (
        "manifest_packing",
        Kind.CONFLICT,
    )
    assert refused.value.extra == {
        "rule": rule.rule_id,
        "sscc": ONE,
        "damage_class": damage.value,
        "packing_instruction": packing.value,
        "needs": rule.packing.value,
    }


@pytest.mark.parametrize("name", ["licence_number", "transfer_manifest_number"])
@pytest.mark.parametrize("told", [None, "", " ", "--", "\u200b"])
def test_lead_acid_goes_with_its_numbers(name: str, told: str | None) -> None:
    changes: dict[str, Any] = {name: told}
    papers = replace(ACID_PAPERS, **changes)
    with pytest.raises(PapersMissingError) as refused:
        check_dispatch(papers, drums=(), today=TODAY)
    assert refused.value.field == name
    assert refused.value.extra == {"rule": "HW31-900-052-31"}
    lithium = replace(papers, waste_kind=WasteKind.LITHIUM)
    check_dispatch(lithium, drums=(), today=TODAY)


@pytest.mark.parametrize(
    ("trained_on", "may"),
    [
        (TODAY, True),
        (TODAY - TRAINING_LASTS, True),
        (TODAY - TRAINING_LASTS - timedelta(days=1), False),
        (TODAY + timedelta(days=1), False),
    ],
)
def test_training_lasts_two_years(trained_on: date, *, may: bool) -> None:
    papers = replace(PAPERS, judge_trained_on=trained_on)
    if may:
        check_dispatch(papers, drums=[make_drum()], today=TODAY)
        return
    with pytest.raises(JudgeUntrainedError) as refused:
        check_dispatch(papers, drums=[make_drum()], today=TODAY)
    assert refused.value.code == "manifest_judge_untrained"
    assert refused.value.field == "judge_trained_on"


def test_a_drum_differs_by_its_mass_or_when_nobody_weighed_it() -> None:
    same, heavy, unweighed = (
        Weighed(sscc=ONE, sent_kg=10.0, received_kg=mass) for mass in (10.2, 10.3, None)
    )
    assert differing([same, heavy, unweighed], tolerance_frac=0.02) == (
        heavy,
        unweighed,
    )


@pytest.mark.parametrize("name", ["missing", "surplus", "elsewhere", "masses"])
def test_any_difference_is_one(name: str) -> None:
    drum = Weighed(sscc=ONE, sent_kg=8.0, received_kg=None)
    told: object = (drum,) if name == "masses" else ("a",)
    found = Difference(**{name: told})  # type: ignore[arg-type]  # one name of four
    assert found.is_any
    spelled = {"sscc": ONE, "sent_kg": 8.0, "received_kg": None}
    assert found.detail() == {
        "missing": [],
        "surplus": [],
        "elsewhere": [],
        "masses": [],
        name: [spelled if name == "masses" else "a"],
    }
    assert not Difference().is_any


@pytest.mark.parametrize(
    ("difference", "is_within"),
    [
        (Difference(), True),
        (Difference(missing=("a",), elsewhere=("b",), surplus=("c",)), True),
        (Difference(elsewhere=("a",)), True),
        (Difference(missing=("d",)), False),
        (Difference(surplus=("d",)), False),
        (Difference(masses=(Weighed(sscc=ONE, sent_kg=8.0, received_kg=9.0),)), True),
        (Difference(masses=(Weighed(sscc=ONE, sent_kg=8.0, received_kg=6.9),)), False),
        (Difference(masses=(Weighed(sscc=ONE, sent_kg=8.0, received_kg=None),)), False),
        (Difference(masses=(Weighed(sscc=TWO, sent_kg=8.0, received_kg=7.0),)), False),
    ],
)
def test_what_is_settled_covers_no_more_than_it_named(
    difference: Difference, is_within: bool
) -> None:
    settled = Difference(
        missing=("a", "b"),
        surplus=("c",),
        masses=(Weighed(sscc=ONE, sent_kg=8.0, received_kg=7.0),),
    )
    assert difference.is_within(settled.detail()) is is_within


def test_a_drum_that_nobody_weighed_is_settled_as_it_is() -> None:
    drum = Weighed(sscc=ONE, sent_kg=8.0, received_kg=None)
    settled = Difference(masses=(drum,)).detail()
    assert Difference(masses=(drum,)).is_within(settled)
    assert Difference(masses=(replace(drum, received_kg=2.0),)).is_within(settled)
