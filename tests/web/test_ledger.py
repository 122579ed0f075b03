"""What an auditor proves on a page, without trusting who runs the registry."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update

from battery_registry.domain import checkpoint
from battery_registry.domain.jwk import decode, public_jwk
from battery_registry.store.tables.cases import ledger_leaf
from tests.builders import Registry
from tests.played import Play
from tests.web.visits import Visitor

PUBLIC = decode(public_jwk(b"g" * 32)["x"])


@pytest.fixture
def auditor(app: Flask, registry: Registry) -> Visitor:
    assert registry.stations
    return Visitor(app).sign_in("auditor")


def seal(auditor: Visitor) -> tuple[int, bytes]:
    """Seal by the page's button; what its note says, checked."""
    answer = auditor.post("/ledger/seal", form="/ledger")
    assert answer.status_code == 303
    found = re.search(r"<pre>(.*?)</pre>", auditor.get("/ledger").text, re.DOTALL)
    assert found is not None
    return checkpoint.verify(
        unescape(found[1]), origin="registry.test", public_key=PUBLIC
    )


def test_a_batterys_leaves_are_proven_on_the_page(play: Play, auditor: Visitor) -> None:
    red = play.red()
    play.walk(red, until="isolated")
    assert "Not sealed yet" in auditor.get(f"/ledger?code={red}").text
    size, root = seal(auditor)
    assert size >= 3
    assert len(root) == 32
    text = auditor.get(f"/ledger?code={red}").text
    assert text.count("Proven by") == size
    assert "Leaves not sealed yet: 0" in text
    assert "Kept apart at a site" in text


def test_a_leaf_that_was_changed_is_not_proven(
    play: Play, auditor: Visitor, registry: Registry
) -> None:
    red = play.red()
    seal(auditor)
    with registry.runtime.database.writing() as session:
        session.execute(update(ledger_leaf).values(leaf_hash=b"x" * 32))
    assert "Not proven: investigate at once" in auditor.get(f"/ledger?code={red}").text


def test_two_checkpoints_are_compared(play: Play, auditor: Visitor) -> None:
    play.red()
    first, _root = seal(auditor)
    assert "It takes two checkpoints." in auditor.get("/ledger").text
    play.green()
    second, _root = seal(auditor)
    text = auditor.get(f"/ledger?first={second}&second={first}").text
    assert f"The ledger of {first}".lower() in text.lower()
    assert f"into one of {second}" in text


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("code=nonsense", 422, "code"),
        ("code=0000-0000-0000-0000", 422, "code"),
        ("first=7&second=9", 404, "first"),
        ("first=x&second=9", 404, "first"),
    ],
)
def test_what_cannot_be_proven_is_said(
    auditor: Visitor, query: str, status: int, field: str
) -> None:
    answer = auditor.get(f"/ledger?{query}")
    assert answer.status_code == status
    assert f'<a href="#{field}">' in answer.text


def test_only_auditors_and_the_operator_see_it(
    app: Flask, regulator: Visitor, auditor: Visitor
) -> None:
    assert regulator.get("/ledger").status_code == 403
    assert auditor.get("/ledger").status_code == 200
    assert Visitor(app).sign_in("admin").get("/ledger").status_code == 200
