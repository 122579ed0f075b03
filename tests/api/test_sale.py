from datetime import timedelta
from typing import Any

import pytest

from battery_registry.domain import code as codes
from battery_registry.domain.sale import Reason
from battery_registry.store.tables.batteries import battery, label
from tests.builders import NOW, make_body
from tests.conftest import Clock
from tests.played import Play

UNKNOWN = codes.show(codes.mint(b"0123456789"))


def ask(play: Play, code: str) -> Any:
    answer = play.get(f"/api/v1/resale/{code}", None)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def reasons(told: Any) -> list[str]:
    return [reason["code"] for reason in told["reasons"]]


def test_a_green_pack_is_clear_for_anybody(play: Play) -> None:
    code = play.green()
    assert ask(play, code) == {
        "code": code,
        "answer": "clear",
        "sellable": True,
        "reasons": [],
        "checked_at": NOW.isoformat(),
    }


def test_a_red_pack_is_blocked_on_all_its_way(play: Play) -> None:
    play.green()
    code = play.red()
    assert reasons(ask(play, code)) == ["case_open", "code_red"]
    play.walk(code, until="destroyed")
    gone = play.get(f"/api/v1/resale/{code}", None)
    told = gone.get_json()
    assert (gone.status_code, told["code"]) == (410, "battery_destroyed")
    assert (told["answer"], told["sellable"]) == ("blocked", False)
    assert reasons(told) == ["destroyed", "code_red"]


def test_a_green_reading_does_not_clear_a_red_pack(play: Play) -> None:
    code = play.red()
    play.hand_in(make_body(label_code=code, pack_code=None, pack_code_scheme="none"))
    assert ask(play, code)["answer"] == "blocked"


def test_a_reading_in_a_guard_band_blocks_until_it_is_repeated(play: Play) -> None:
    near = make_body(internal_resistance_mohm=499.0, pack_code=None)
    receipt = play.hand_in({**near, "pack_code_scheme": "none"})[0]
    assert receipt["verdict"]["code"] == "yellow"
    told = ask(play, receipt["battery"]["code"])
    assert (told["answer"], reasons(told)) == ("blocked", ["guard_band"])


def test_a_code_grows_stale(play: Play, clock: Clock) -> None:
    code = play.green()
    clock.now = NOW + timedelta(days=800)
    assert reasons(ask(play, code)) == ["code_stale"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"chemistry": "lead_acid"}, "not_covered"),
        ({"instrument_id": "EBC-OLD"}, "code_void"),
        (
            {"internal_resistance_mohm": None, "resistance_method": None},
            "code_incomplete",
        ),
    ],
)
def test_what_has_no_colour_is_blocked(
    play: Play, changes: dict[str, Any], reason: str
) -> None:
    told = ask(play, play.green(**changes))
    assert told["answer"] == "blocked"
    assert reason in reasons(told)


def test_recalled_and_lost_packs_are_blocked(play: Play) -> None:
    code, other = play.green(), play.green()
    with play.registry.runtime.database.writing() as session:
        session.execute(
            battery.update()
            .where(battery.c.public_code == codes.parse(code))
            .values(recalled_at=NOW, lost_reported_at=NOW)
        )
    assert reasons(ask(play, code)) == ["recalled", "lost_reported"]
    assert ask(play, other)["sellable"] is True


def test_an_unknown_code_is_never_a_yes(play: Play) -> None:
    play.green()
    told = ask(play, UNKNOWN)
    assert (told["answer"], told["sellable"]) == ("unknown", False)
    assert reasons(told) == ["no_such_code"]


def test_a_blank_label_is_never_a_yes(play: Play) -> None:
    with play.registry.runtime.database.writing() as session:
        session.execute(label.insert().values(code=codes.parse(UNKNOWN), made_at=NOW))
    assert reasons(ask(play, UNKNOWN)) == ["label_unbound"]


def test_a_replaced_label_answers_for_its_battery(play: Play) -> None:
    code = play.red()
    with play.registry.runtime.database.writing() as session:
        bound = session.execute(
            label.select().where(label.c.code == codes.parse(code))
        ).one()
        session.execute(
            label.insert().values(
                code=codes.parse(UNKNOWN),
                battery_id=bound.battery_id,
                made_at=NOW,
                bound_at=NOW,
                replaced_by=bound.code,
            )
        )
    assert ask(play, UNKNOWN)["answer"] == "blocked"


def test_the_answer_tells_no_figures_and_no_names(play: Play) -> None:
    code = play.red(plate="京A12345", owner_name="王小明", owner_phone="13800138000")
    told = play.get(f"/api/v1/resale/{code}", None).text
    assert not any(word in told for word in ("王小明", "12345", "500.1", "Volta"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_has_its_words(play: Play, language: str) -> None:
    code = play.red()
    answer = play.client.get(
        f"/api/v1/resale/{code}", headers={"Accept-Language": language}
    )
    told = [reason["text"] for reason in answer.get_json()["reasons"]]
    assert len(told) == 2
    assert not any(text.startswith("sale.reason") for text in told)


def test_a_code_that_is_none_is_refused_by_name(play: Play) -> None:
    play.green()
    misread = UNKNOWN[:-1] + ("0" if UNKNOWN[-1] != "0" else "1")
    for text, refusal in (("abc", "code_malformed"), (misread, "code_check_failed")):
        answer = play.get(f"/api/v1/resale/{text}", None)
        assert answer.status_code == 422
        assert answer.get_json()["code"] == refusal
        assert answer.get_json()["errors"][0]["field"] == "code"


def test_the_reasons_on_the_wire_are_the_stable_ones(play: Play) -> None:
    assert set(reasons(ask(play, play.red()))) <= {reason.value for reason in Reason}
