"""A recall takes two people, covers what it says, and catches what comes later."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from battery_registry.domain.roles import Role
from battery_registry.store.tables.cases import ledger_leaf, notice
from tests.api.test_appeals import codes_of, sale, send
from tests.builders import make_body
from tests.played import Play

URL = "/api/v1/recalls"


@pytest.fixture
def second(play: Play) -> str:
    """Another regulator's key."""
    play.add_key("second", organisation="city-market", role=Role.REGULATOR, at="XC-01")
    return "second"


def propose(play: Play, **criteria: Any) -> str:
    body = {"maker": "Volta", "reason": "Cells of lot 7 swell.", **criteria}
    answer = send(play, URL, "regulator", **body)
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["state"] == "proposed"
    told: str = answer.get_json()["recall_id"]
    return told


def covered(play: Play, recall_id: str, **query: Any) -> Any:
    return play.get(f"{URL}/{recall_id}/batteries", "regulator", **query).get_json()


def act(play: Play, recall_id: str, what: str, key: str) -> Any:
    return send(play, f"{URL}/{recall_id}/{what}", key)


def test_a_recall_blocks_its_packs_and_no_others(play: Play, second: str) -> None:
    mine, other = play.green(), play.green(model="V60-20")
    recall_id = propose(play, model="v48 20")
    preview = covered(play, recall_id)
    assert [one["code"] for one in preview["items"]] == [mine]
    assert sale(play, mine)["answer"] == "clear"
    alone = act(play, recall_id, "confirm", "regulator")
    assert (alone.status_code, alone.get_json()["code"]) == (
        403,
        "second_person_needed",
    )
    assert act(play, recall_id, "confirm", second).get_json()["state"] == "confirmed"
    assert codes_of(sale(play, mine)) == ["recalled"]
    assert sale(play, other)["answer"] == "clear"
    assert covered(play, recall_id) == preview
    again = act(play, recall_id, "confirm", second)
    assert (again.status_code, again.get_json()["code"]) == (409, "recall_state")


def test_a_pack_that_comes_later_is_caught(play: Play, second: str) -> None:
    recall_id = propose(play, model="V48-20")
    play.green()
    act(play, recall_id, "confirm", second)
    serial = f"V48-{uuid.uuid4().hex[:12].upper()}"
    late = play.green(pack_code=serial)
    other = play.green(maker="Amper")
    assert codes_of(sale(play, late)) == ["recalled"]
    assert sale(play, other)["answer"] == "clear"
    play.green(pack_code=serial)
    assert covered(play, recall_id)["count"] == 2


def test_it_takes_two_to_withdraw(play: Play, second: str) -> None:
    mine = play.green()
    recall_id = propose(play)
    act(play, recall_id, "confirm", second)
    begun = act(play, recall_id, "withdraw", second)
    assert begun.get_json()["state"] == "withdrawing"
    assert codes_of(sale(play, mine)) == ["recalled"]
    assert act(play, recall_id, "withdraw", second).status_code == 403
    ended = act(play, recall_id, "withdraw", "regulator")
    assert ended.get_json()["state"] == "withdrawn"
    assert sale(play, mine)["answer"] == "clear"
    assert act(play, recall_id, "withdraw", "regulator").status_code == 409
    assert sale(play, play.green())["answer"] == "clear"


def test_a_pack_of_two_recalls_stays_blocked(play: Play, second: str) -> None:
    mine = play.green()
    first, other = propose(play), propose(play, model="V48-20")
    for recall_id in (first, other):
        act(play, recall_id, "confirm", second)
    act(play, first, "withdraw", second)
    act(play, first, "withdraw", "regulator")
    assert codes_of(sale(play, mine)) == ["recalled"]


def test_each_pack_has_a_leaf_and_a_notice(play: Play, second: str) -> None:
    for _ in range(3):
        play.green()
    act(play, propose(play), "confirm", second)
    with play.registry.runtime.database.reading() as session:
        leaves = session.scalars(
            select(ledger_leaf.c.subject_id).where(ledger_leaf.c.kind == "recall")
        ).all()
        told = session.scalars(
            select(notice.c.payload).where(notice.c.topic == "battery.recalled")
        ).all()
    assert len(set(leaves)) == 3
    assert {payload["event_id"] for payload in told} == {str(one) for one in leaves}


@pytest.mark.parametrize(
    ("criteria", "certain"),
    [
        ({"produced_from": "2024-05-01", "produced_until": "2024-05-31"}, [True]),
        ({"produced_from": "2024-05-02"}, []),
        ({"code_from": "V48-AAA001", "code_to": "V48-AAA100"}, [True]),
        ({"code_from": "V48-AAA051", "code_to": "V48-AAA100"}, []),
        ({"code_from": "v48aaa050", "code_to": "v48aaa050"}, [True]),
        ({"code_from": "V48-1", "code_to": "V48-9"}, []),
        ({"model": "V48-20", "produced_until": "2024-05-01"}, [True]),
        ({"maker": "VOLTA "}, [True]),
        ({"maker": "Amper"}, []),
    ],
)
def test_what_a_recall_covers(
    play: Play, criteria: dict[str, Any], certain: list[bool]
) -> None:
    play.green(pack_code="V48-AAA050")
    found = covered(play, propose(play, **criteria))
    assert [one["certain"] for one in found["items"]] == certain
    assert (found["count"], found["possible"]) == (len(certain), 0)


def test_what_is_not_known_cannot_exclude_a_pack(play: Play, second: str) -> None:
    play.hand_in(make_body(production_date=None))
    recall_id = propose(play, produced_from="2020-01-01", produced_until="2020-12-31")
    assert covered(play, recall_id)["possible"] == 1
    act(play, recall_id, "confirm", second)
    late = play.hand_in(make_body(model=None, production_date=None))[0]
    assert covered(play, recall_id)["count"] == 2
    assert "recalled" in codes_of(sale(play, late["battery"]["code"]))


def test_bad_criteria_are_named(play: Play) -> None:
    for criteria, field in (
        ({"code_from": "V48-1"}, "code_to"),
        ({"code_to": "V48-1"}, "code_from"),
        ({"code_from": "V48-10", "code_to": "V48-9"}, "code_to"),
        (
            {"produced_from": "2025-01-02", "produced_until": "2025-01-01"},
            "produced_until",
        ),
        ({"maker": "--"}, "maker"),
        ({"colour": "red"}, "colour"),
    ):
        body = {"maker": "Volta", "reason": "why", **criteria}
        answer = send(play, URL, "regulator", **body)
        assert answer.status_code == 422, criteria
        assert answer.get_json()["errors"][0]["field"] == field


def test_the_preview_is_walked_by_key(play: Play) -> None:
    packs = [make_body() for _ in range(53)]
    play.hand_in(*packs)
    recall_id = propose(play)
    first = covered(play, recall_id)
    rest = covered(play, recall_id, cursor=first["next_cursor"])
    codes = [one["code"] for one in (*first["items"], *rest["items"])]
    assert (first["count"], len(set(codes)), rest["next_cursor"]) == (53, 53, None)


def test_only_regulators_recall(play: Play) -> None:
    recall_id = propose(play)
    for key in ("XC-01", "dealer", "admin"):
        answer = send(play, URL, key, maker="Volta", reason="why not")
        assert answer.status_code == 403
        assert act(play, recall_id, "confirm", key).status_code == 403
    assert act(play, str(uuid.uuid4()), "confirm", "regulator").status_code == 404
    assert len(play.get(URL, "auditor").get_json()["items"]) == 1
