"""A recall on the regulator's pages: proposed, looked at, confirmed by another."""

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from battery_registry.store.tables.parties import person
from tests.api.test_appeals import codes_of, sale
from tests.played import Play
from tests.web.visits import Visitor

REASON = "Cells of lot 7 <swell>."


@pytest.fixture
def second(app: Flask, play: Play) -> Visitor:
    """Another regulator of the whole city."""
    with play.registry.runtime.database.writing() as session:
        session.execute(
            update(person)
            .where(person.c.sign_in == "haidian-regulator")
            .values(district_code=None)
        )
    return Visitor(app).sign_in("haidian-regulator")


def propose(visitor: Visitor, **criteria: str) -> Any:
    told = {"maker": "Volta", "model": "", "reason": REASON, **criteria}
    return visitor.post("/recalls", form="/recalls", **told)


def test_two_people_recall_and_two_withdraw(
    play: Play, regulator: Visitor, second: Visitor
) -> None:
    code = play.green()
    address = propose(regulator).location
    preview = regulator.get(address)
    assert preview.status_code == 200
    assert code in preview.text
    assert "&lt;swell&gt;" in preview.text
    assert sale(play, code)["answer"] == "clear"
    alone = regulator.post(f"{address}/confirm", form=address)
    assert alone.status_code == 403
    assert sale(play, code)["answer"] == "clear"
    assert second.post(f"{address}/confirm", form=address).status_code == 303
    assert codes_of(sale(play, code)) == ["recalled"]
    assert "in force" in regulator.get(address).text
    for visitor, status in ((second, 303), (second, 403), (regulator, 303)):
        answer = visitor.post(f"{address}/withdraw", form=address)
        assert answer.status_code == status
    assert sale(play, code)["answer"] == "clear"
    assert "/confirm" not in regulator.get(address).text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_speaks_both_languages(
    play: Play, regulator: Visitor, language: str
) -> None:
    address = f"/recalls?lang={language}"
    nothing = {"zh": "没有召回。", "en": "There are no recalls."}[language]
    assert nothing in regulator.get(address).text
    propose(regulator)
    proposed = {"zh": "待另一人确认", "en": "to be confirmed"}[language]
    text = regulator.get(address).text
    assert proposed in text
    assert nothing not in text


def test_bad_criteria_come_back_with_what_was_entered(regulator: Visitor) -> None:
    answer = propose(regulator, code_from="V48-10")
    assert answer.status_code == 422
    assert "<code>code_to</code>" in answer.text
    assert 'value="V48-10"' in answer.text


def test_no_form_without_its_token(play: Play, regulator: Visitor) -> None:
    address = propose(regulator).location
    for path in ("/recalls", f"{address}/confirm", f"{address}/withdraw"):
        answer = regulator.client.post(path, data={"maker": "Volta", "reason": REASON})
        assert answer.status_code == 400
    assert "to be confirmed" in regulator.get(address).text


def test_others_only_read_or_do_not_see_it(
    app: Flask, inspector: Visitor, regulator: Visitor
) -> None:
    address = propose(regulator).location
    assert inspector.get("/recalls").status_code == 403
    auditor = Visitor(app).sign_in("auditor")
    assert auditor.get(address).status_code == 200
    assert '<form method="post" action="/recalls' not in auditor.get(address).text
    assert regulator.get(f"/recalls/{uuid.uuid4()}").status_code == 404
