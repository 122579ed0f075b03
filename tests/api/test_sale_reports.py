from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from battery_registry.domain import clearance
from battery_registry.domain.clearance import ClearanceError
from battery_registry.store.tables.batteries import battery_owner, owner
from battery_registry.store.tables.cases import ledger_leaf, notice
from battery_registry.store.tables.resale import transfer
from tests.api.test_clearances import again, fresh_list, give, keys
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play

BUYER = {"name": "李雷", "phone": "13900139000"}


def post(play: Play, address: str, key: str | None, **body: Any) -> TestResponse:
    headers = play.registry.headers(key) if key else {}
    return play.client.post(f"/api/v1/{address}", json=body, headers=headers)


def lose(play: Play, code: str, key: str | None = "XC-01", **more: Any) -> TestResponse:
    return post(play, "reports/loss", key, code=code, kind="stolen", **more)


def reasons(play: Play, code: str) -> list[str]:
    told = play.get(f"/api/v1/resale/{code}", None).get_json()
    return [reason["code"] for reason in told["reasons"]]


def counted(play: Play, kind: str, topic: str) -> tuple[int, int]:
    count = select(func.count())
    with play.registry.runtime.database.reading() as session:
        leaves = session.scalar(count.where(ledger_leaf.c.kind == kind))
        notices = session.scalar(count.where(notice.c.topic == topic))
    return leaves or 0, notices or 0


def open_transfer(play: Play, code: str, **more: Any) -> Any:
    token = give(play, code)
    answer = post(play, "resale/transfers", "dealer", clearance=token, **more)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def consent(play: Play, opened: Any, code: str, **more: Any) -> TestResponse:
    address = f"resale/transfers/{opened['transfer_id']}/consents"
    return post(play, address, None, code=code, **more)


def hand_on(play: Play, code: str, **more: Any) -> str:
    """Transfer a battery; the new owner's code."""
    opened = open_transfer(play, code, **more)
    assert consent(play, opened, opened["giver_code"]).status_code == 200
    done = consent(play, opened, opened["receiver_code"], **BUYER).get_json()
    owner_code: str = done["owner_code"]
    assert owner_code
    return owner_code


def test_a_loss_blocks_the_sale_and_ends_clearances_until_it_is_found(
    play: Play,
) -> None:
    code = play.green()
    token = give(play, code)
    assert lose(play, code, reference="police 7").status_code == 201
    assert reasons(play, code) == ["lost_reported"]
    with pytest.raises(ClearanceError, match="revoked"):
        clearance.verify(token, jwks=keys(play), list_token=fresh_list(play), now=NOW)
    assert lose(play, code).get_json()["code"] == "loss_reported"
    assert counted(play, "loss", "battery.loss_reported") == (1, 1)
    found = post(play, "reports/loss/withdrawal", "regulator", code=code)
    assert found.status_code == 200
    assert reasons(play, code) == []
    assert counted(play, "loss", "battery.loss_withdrawn") == (2, 1)
    again_found = post(play, "reports/loss/withdrawal", "regulator", code=code)
    assert again_found.get_json()["code"] == "loss_not_reported"


def test_only_some_report_losses(play: Play) -> None:
    code = play.green()
    assert lose(play, code, "dealer").status_code == 403
    assert lose(play, code, None).status_code == 401
    assert lose(play, code, None, owner_code="guess").status_code == 403
    assert reasons(play, code) == []


def test_guesses_of_an_owner_s_code_are_counted(play: Play) -> None:
    code = play.green()
    answers = [
        lose(play, code, None, owner_code=f"g{n}").status_code for n in range(12)
    ]
    assert answers == [403] * 10 + [429] * 2


def test_ownership_passes_when_both_have_said_yes(play: Play) -> None:
    code = play.green(owner_name="王小明", owner_phone="13800138000")
    opened = open_transfer(play, code)
    first = consent(play, opened, opened["giver_code"]).get_json()
    assert first == {"given": True, "accepted": False, "owner_code": None}
    done = consent(play, opened, opened["receiver_code"], **BUYER).get_json()
    assert (done["given"], done["accepted"]) == (True, True)
    runtime = play.registry.runtime
    with runtime.database.reading() as session:
        (link,) = session.execute(select(battery_owner)).all()
        kept = session.execute(
            select(owner).where(owner.c.owner_id == link.owner_id)
        ).one()
        row = session.execute(select(transfer)).one()
    assert runtime.vault.unseal(kept.name_encrypted) == "李雷"
    assert done["owner_code"].encode() not in bytes(row.giver_sha256)
    assert counted(play, "transfer", "battery.transferred") == (1, 1)
    assert lose(play, code, None, owner_code=done["owner_code"]).status_code == 201


def test_the_owner_s_code_is_never_told_to_the_giver(play: Play) -> None:
    opened = open_transfer(play, play.green())
    early = consent(play, opened, opened["receiver_code"], **BUYER)
    assert (early.status_code, early.get_json()["code"]) == (409, "transfer_not_given")
    for _ in range(2):
        given = consent(play, opened, opened["giver_code"]).get_json()
        assert given == {"given": True, "accepted": False, "owner_code": None}
    done = consent(play, opened, opened["receiver_code"], **BUYER).get_json()
    assert done["owner_code"]


def test_an_owner_takes_back_no_report_of_an_authority(play: Play) -> None:
    code = play.green()
    owner_code = hand_on(play, code)
    found = {"code": code, "owner_code": owner_code}
    assert lose(play, code, None, owner_code=owner_code).status_code == 201
    assert post(play, "reports/loss/withdrawal", None, **found).status_code == 200
    lose(play, code, "regulator")
    for key, body in ((None, found), ("XC-01", {"code": code})):
        refused = post(play, "reports/loss/withdrawal", key, **body)
        assert (refused.status_code, refused.get_json()["code"]) == (
            403,
            "loss_not_yours",
        )
    assert reasons(play, code) == ["lost_reported"]
    back = post(play, "reports/loss/withdrawal", "admin", code=code)
    assert (back.status_code, reasons(play, code)) == (200, [])


def test_the_next_transfer_needs_the_owner(play: Play) -> None:
    code = play.green()
    first = hand_on(play, code)
    token = give(play, code)
    refused = post(play, "resale/transfers", "dealer", clearance=token)
    assert refused.get_json()["code"] == "owner_code_wrong"
    second = hand_on(play, code, owner_code=first)
    assert lose(play, code, None, owner_code=first).status_code == 403
    assert lose(play, code, None, owner_code=second).status_code == 201


def test_a_clearance_serves_one_transfer_only(play: Play) -> None:
    code = play.green()
    token = give(play, code)
    opened = post(play, "resale/transfers", "dealer", clearance=token).get_json()
    consent(play, opened, opened["giver_code"])
    consent(play, opened, opened["receiver_code"], **BUYER)
    done = consent(play, opened, opened["giver_code"])
    assert done.get_json()["code"] == "transfer_done"
    used = post(play, "resale/transfers", "dealer", clearance=token)
    assert (used.status_code, used.get_json()["code"]) == (409, "clearance_invalid")


def test_a_red_code_stops_a_transfer_between_the_two_consents(play: Play) -> None:
    code = play.green()
    opened = open_transfer(play, code)
    assert consent(play, opened, opened["giver_code"]).status_code == 200
    play.hand_in(again(code, internal_resistance_mohm=500.1))
    refused = consent(play, opened, opened["receiver_code"], **BUYER)
    assert (refused.status_code, refused.get_json()["code"]) == (
        409,
        "clearance_invalid",
    )


def test_a_transfer_ends_with_its_day_and_with_five_wrong_codes(
    play: Play, clock: Clock
) -> None:
    opened, guessed = (open_transfer(play, play.green()) for _ in range(2))
    for _ in range(5):
        assert consent(play, guessed, "wrong").status_code == 403
    assert consent(play, guessed, guessed["giver_code"]).status_code == 404
    clock.now = NOW + timedelta(hours=24)
    assert consent(play, opened, opened["giver_code"]).status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b.c", ""])
def test_what_is_no_clearance_opens_nothing(play: Play, token: str) -> None:
    assert post(play, "resale/transfers", "dealer", clearance=token).status_code == 422
