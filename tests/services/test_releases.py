"""A rule set goes live with this registry's own report and two people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from battery_registry.domain import RegistryError
from battery_registry.scoring import load
from battery_registry.services import releases
from battery_registry.services.releases import (
    AlreadyProposedError,
    NotInForceError,
    NotProposedError,
    NotSignedOffError,
    ReleaserUnknownError,
    Report,
    ReportOfOtherSetError,
    ReportUnknownError,
    RuleSetChangedError,
    SamePersonError,
)
from battery_registry.store.tables.parties import person
from tests.builders import NOW, Registry

STRICT = load("cn-2024-strict")
REPORT = Report(sha256="a" * 64, packs=0, green_to_red=0)
OTHER = Report(sha256="b" * 64, packs=0, green_to_red=0)

Step = Callable[..., None]


def reported(registry: Registry, report: Report = REPORT) -> None:
    with registry.runtime.database.writing() as session:
        releases.record(session, report=report, ruleset=STRICT, now=NOW)


def do(registry: Registry, step: Step, by: str, **changes: Any) -> None:
    given = {"ruleset": STRICT, "report_sha256": REPORT.sha256, **changes}
    with registry.runtime.database.writing() as session:
        step(session, by=by, now=NOW + timedelta(hours=1), **given)


def is_live(registry: Registry, ruleset: Any = STRICT) -> bool:
    with registry.runtime.database.reading() as session:
        try:
            releases.check_live(session, ruleset=ruleset, now=NOW)
        except NotSignedOffError:
            return False
    return True


def test_two_people_let_it_go_live(registry: Registry) -> None:
    reported(registry)
    assert not is_live(registry)
    do(registry, releases.propose, "regulator")
    assert not is_live(registry)
    do(registry, releases.sign_off, "admin")
    assert is_live(registry)
    do(registry, releases.sign_off, "haidian-regulator")  # changes nothing
    assert is_live(registry)


def test_the_built_in_set_needs_nobody(registry: Registry) -> None:
    assert is_live(registry, load("cn-2024"))


@pytest.mark.parametrize(
    ("begins", "ends", "good"),
    [
        ("2026-11-23", "2026-11-23", True),
        ("2026-11-24", None, False),
        ("2024-01-01", "2026-11-22", False),
    ],
)
def test_no_set_is_live_outside_its_days(
    registry: Registry, begins: str, ends: str | None, *, good: bool
) -> None:
    dated = replace(
        load("cn-2024"),
        effective_from=date.fromisoformat(begins),
        effective_to=None if ends is None else date.fromisoformat(ends),
    )
    # In China it is the 23rd already, in UTC still the 22nd.
    early = datetime(2026, 11, 22, 17, tzinfo=UTC)
    with registry.runtime.database.reading() as session:
        if good:
            releases.check_live(session, ruleset=dated, now=early)
            return
        with pytest.raises(NotInForceError) as refusal:
            releases.check_live(session, ruleset=dated, now=early)
    assert refusal.value.params == {"ruleset": "cn-2024", "day": "2026-11-23"}


def test_a_set_that_was_changed_is_not_live(registry: Registry) -> None:
    reported(registry)
    do(registry, releases.propose, "regulator")
    do(registry, releases.sign_off, "admin")
    assert not is_live(registry, replace(STRICT, sha256="c" * 64))


@pytest.mark.parametrize("step", [releases.propose, releases.sign_off])
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"report_sha256": OTHER.sha256}, ReportUnknownError),
        ({"ruleset": load("cn-2024")}, ReportOfOtherSetError),
        ({"ruleset": replace(STRICT, sha256="c" * 64)}, RuleSetChangedError),
        ({"by": "inspector"}, ReleaserUnknownError),
        ({"by": "nobody"}, ReleaserUnknownError),
    ],
)
def test_what_does_not_fit_is_refused(
    registry: Registry,
    step: Step,
    changes: dict[str, Any],
    refusal: type[RegistryError],
) -> None:
    reported(registry)
    with pytest.raises(refusal):
        do(registry, step, **{"by": "regulator", **changes})
    assert not is_live(registry)


def test_nobody_signs_for_themselves(registry: Registry) -> None:
    reported(registry)
    do(registry, releases.propose, "regulator")
    with pytest.raises(SamePersonError):
        do(registry, releases.sign_off, "regulator")
    assert not is_live(registry)


def test_nobody_signs_what_nobody_proposed(registry: Registry) -> None:
    reported(registry)
    reported(registry, OTHER)
    do(registry, releases.propose, "regulator", report_sha256=OTHER.sha256)
    with pytest.raises(NotProposedError):
        do(registry, releases.sign_off, "admin")


def test_what_was_proposed_is_not_proposed_again(registry: Registry) -> None:
    reported(registry)
    do(registry, releases.propose, "regulator")
    with pytest.raises(AlreadyProposedError):
        do(registry, releases.propose, "admin")


def test_who_has_left_signs_nothing(registry: Registry) -> None:
    reported(registry)
    do(registry, releases.propose, "regulator")
    with registry.runtime.database.writing() as session:
        session.execute(
            update(person).where(person.c.sign_in == "admin").values(disabled_at=NOW)
        )
    with pytest.raises(ReleaserUnknownError):
        do(registry, releases.sign_off, "admin")
