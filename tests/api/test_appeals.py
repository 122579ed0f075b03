"""An upheld appeal ends a red, and what was wrong says so and stays."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from battery_registry.domain.roles import Role
from battery_registry.store.tables.appeals import correction
from battery_registry.store.tables.cases import custody_event, ledger_leaf
from battery_registry.store.tables.inspections import evaluation
from tests.api.test_retests import a_red, at, open_retest, retested, state
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play

URL = "/api/v1/appeals"
GROUNDS = "The resistance was read with a broken lead."


def send(play: Play, address: str, key: str, /, **body: Any) -> Any:
    return play.client.post(address, json=body, headers=play.registry.headers(key))


def appeal(play: Play, code: str, key: str = "XC-01") -> str:
    answer = send(play, URL, key, code=code, grounds=GROUNDS)
    assert answer.status_code == 201, answer.text
    told: str = answer.get_json()["appeal_id"]
    return told


def decide(play: Play, appeal_id: str, *, upheld: bool, key: str = "regulator") -> Any:
    return send(
        play,
        f"{URL}/{appeal_id}/decision",
        key,
        upheld=upheld,
        note="The station's lead was found broken.",
    )


def sale(play: Play, code: str) -> Any:
    return play.get(f"/api/v1/resale/{code}", None).get_json()


def codes_of(sold: Any) -> list[str]:
    return [reason["code"] for reason in sold["reasons"]]


def test_an_upheld_appeal_clears_the_case_and_gives_back_the_green(
    play: Play, clock: Clock
) -> None:
    serial = f"V48-{uuid.uuid4().hex[:12].upper()}"
    play.green(pack_code=serial, tested_at=at(NOW - timedelta(days=60)))
    code = play.red(pack_code=serial)
    appeal_id = appeal(play, code)
    clock.now = NOW + timedelta(days=1)
    answer = decide(play, appeal_id, upheld=True)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["state"] == "upheld"
    assert state(play, code) == "cleared"
    assert sale(play, code)["answer"] == "clear"
    history = play.get(f"/api/v1/batteries/{code}/history").get_json()
    assert history["code_changes"][0]["to_code"] == "green"


def test_without_another_test_the_pack_must_be_tested_again(play: Play) -> None:
    code, _ = a_red(play)
    assert decide(play, appeal(play, code), upheld=True).status_code == 200
    sold = sale(play, code)
    assert sold["answer"] == "blocked"
    assert "code_void" in codes_of(sold)
    assert not {"code_red", "case_open"} & set(codes_of(sold))


def test_the_wrong_red_is_declared_wrong_and_nothing_is_edited(play: Play) -> None:
    code, _ = a_red(play)
    decide(play, appeal(play, code), upheld=True)
    with play.registry.runtime.database.reading() as session:
        opening, clearing = session.execute(
            select(custody_event).order_by(custody_event.c.seq)
        ).all()
        declared = session.execute(select(correction)).one()
        verdict = session.scalars(select(evaluation.c.code)).all()
        kinds = session.scalars(select(ledger_leaf.c.kind)).all()
    assert declared.event_id == opening.event_id
    assert declared.reason == "incorrect_data"
    assert declared.corrective_event_ids == [str(clearing.event_id)]
    assert (opening.to_state, opening.disposition) == ("flagged", "non_conformant")
    assert verdict == ["red"]
    assert {"appeal", "correction", "code_change", "custody_event"} <= set(kinds)
    assert kinds.count("custody_event") == 2


def test_a_rejected_appeal_leaves_the_red(play: Play) -> None:
    code, _ = a_red(play)
    appeal_id = appeal(play, code)
    assert decide(play, appeal_id, upheld=False).get_json()["state"] == "rejected"
    assert state(play, code) == "flagged"
    assert "code_red" in codes_of(sale(play, code))
    again = decide(play, appeal_id, upheld=True)
    assert (again.status_code, again.get_json()["code"]) == (409, "appeal_decided")
    assert appeal(play, code) != appeal_id


def test_who_inspected_decides_nothing(play: Play) -> None:
    play.add_key(
        "own-house", organisation="xicheng-checks", role=Role.REGULATOR, at="XC-01"
    )
    code, _ = a_red(play)
    appeal_id = appeal(play, code)
    answer = decide(play, appeal_id, upheld=True, key="own-house")
    assert answer.status_code == 403
    assert answer.get_json()["code"] == "appeal_not_independent"
    for key in ("XC-01", "greencell", "admin"):
        assert decide(play, appeal_id, upheld=True, key=key).status_code == 403
    other = play.add_district_regulator()
    assert decide(play, appeal_id, upheld=True, key=other).status_code == 404
    assert state(play, code) == "flagged"


def test_who_filed_decides_nothing(play: Play) -> None:
    play.add_key("second", organisation="city-market", role=Role.REGULATOR, at="XC-01")
    code, _ = a_red(play)
    appeal_id = appeal(play, code, "regulator")
    answer = decide(play, appeal_id, upheld=True)
    assert answer.get_json()["code"] == "appeal_not_independent"
    assert state(play, code) == "flagged"
    assert decide(play, appeal_id, upheld=True, key="second").status_code == 200
    assert state(play, code) == "cleared"


def test_a_missing_pack_is_not_cleared(play: Play) -> None:
    code, _ = a_red(play)
    play.walk(code, until="isolated")
    lost = play.step(
        code, "XC-01", to_state="missing", giver="xicheng-checks", occurred_at=at(NOW)
    )
    assert lost.status_code == 201, lost.text
    appeal_id = appeal(play, code)
    answer = decide(play, appeal_id, upheld=True)
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "custody_not_clearable"
    assert decide(play, appeal_id, upheld=False).status_code == 200
    assert state(play, code) == "missing"


def test_a_retest_that_passes_makes_the_appeal_needless(play: Play) -> None:
    code, serial = a_red(play)
    appeal_id = appeal(play, code)
    open_retest(play, code)
    play.hand_in(retested(serial), key="HD-01")
    (listed,) = play.get(URL).get_json()["items"]
    assert (listed["appeal_id"], listed["state"]) == (appeal_id, "moot")
    assert decide(play, appeal_id, upheld=False).status_code == 409


def test_late_appeals_say_so(play: Play, clock: Clock) -> None:
    code, _ = a_red(play)
    appeal(play, code)
    again = send(play, URL, "regulator", code=code, grounds=GROUNDS)
    assert (again.status_code, again.get_json()["code"]) == (409, "appeal_open")
    (listed,) = play.get(URL).get_json()["items"]
    assert (listed["overdue"], listed["due_at"]) == (
        False,
        at(NOW + timedelta(days=15)),
    )
    clock.now = NOW + timedelta(days=16)
    assert play.get(URL).get_json()["items"][0]["overdue"] is True


def test_what_cannot_be_appealed(play: Play) -> None:
    green, (red, _) = play.green(), a_red(play)
    for key, body, status in (
        ("dealer", {"code": red, "grounds": GROUNDS}, 403),
        ("XC-01", {"code": green, "grounds": GROUNDS}, 404),
        ("XC-01", {"code": red, "grounds": "  "}, 422),
        ("XC-01", {"code": red}, 422),
    ):
        assert send(play, URL, key, **body).status_code == status
    unknown = decide(play, str(uuid.uuid4()), upheld=True)
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "appeal_unknown")
