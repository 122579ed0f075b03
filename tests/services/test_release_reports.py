"""A report serves while it is young and the registry has not outgrown it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from battery_registry.scoring import load
from battery_registry.services import releases
from battery_registry.services.release_reports import (
    ReportOldError,
    ReportOutgrownError,
)
from battery_registry.services.releases import Report
from battery_registry.store.tables.releases import ruleset_release
from tests.builders import NOW, Registry, make_body

STRICT = load("cn-2024-strict")
ONE, TWO = "a" * 64, "b" * 64

Step = Callable[..., None]


def reported(registry: Registry, packs: int = 0, sha256: str = ONE) -> None:
    report = Report(sha256=sha256, packs=packs, green_to_red=0)
    with registry.runtime.database.writing() as session:
        releases.record(session, report=report, ruleset=STRICT, now=NOW)


def do(
    registry: Registry,
    step: Step,
    by: str,
    *,
    sha256: str = ONE,
    after: timedelta = timedelta(hours=1),
) -> None:
    given = {"report_sha256": sha256, "by": by, "now": NOW + after}
    with registry.runtime.database.writing() as session:
        step(session, ruleset=STRICT, **given)


def is_signed(registry: Registry) -> bool:
    with registry.runtime.database.reading() as session:
        signed = session.scalars(select(ruleset_release.c.signed_by)).all()
    return any(signed)


def grow(client: FlaskClient, registry: Registry, packs: int) -> None:
    told = {"inspections": [make_body() for _ in range(packs)]}
    answer = client.post("/api/v1/inspections", json=told, headers=registry.headers())
    answers = [one["status"] for one in answer.get_json()["results"]]
    assert answers == ["accepted"] * packs


def test_an_old_report_is_neither_proposed_nor_signed_off(registry: Registry) -> None:
    last = timedelta(days=14)
    late = last + timedelta(seconds=1)
    reported(registry)
    with pytest.raises(ReportOldError) as caught:
        do(registry, releases.propose, "regulator", after=late)
    assert caught.value.code == "release_report_old"
    do(registry, releases.propose, "regulator", after=last)
    with pytest.raises(ReportOldError):
        do(registry, releases.sign_off, "admin", after=late)
    assert not is_signed(registry)
    do(registry, releases.sign_off, "admin", after=last)
    # To sign what is signed still changes nothing.
    do(registry, releases.sign_off, "admin", after=late)
    assert is_signed(registry)


def test_one_per_cent_more_is_borne(client: FlaskClient, registry: Registry) -> None:
    grow(client, registry, 100)
    reported(registry, 100)
    reported(registry, 100, TWO)
    do(registry, releases.propose, "regulator")
    grow(client, registry, 1)
    do(registry, releases.sign_off, "admin")
    grow(client, registry, 1)
    with pytest.raises(ReportOutgrownError) as caught:
        do(registry, releases.propose, "regulator", sha256=TWO)
    assert caught.value.code == "release_report_outgrown"
    assert caught.value.params == {"packs": 100, "held": 102}


def test_a_registry_that_shrank_is_another(registry: Registry) -> None:
    reported(registry, 1)
    with pytest.raises(ReportOutgrownError):
        do(registry, releases.propose, "regulator")


def test_what_grew_since_the_proposal_is_not_signed_off(
    client: FlaskClient, registry: Registry
) -> None:
    reported(registry)
    do(registry, releases.propose, "regulator")
    grow(client, registry, 1)
    with pytest.raises(ReportOutgrownError):
        do(registry, releases.sign_off, "admin")
    assert not is_signed(registry)
