import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from battery_registry.domain import code as codes
from battery_registry.domain import jws, sale_keys
from battery_registry.queries.bulk_sale import LEAST
from battery_registry.services import sale_log
from battery_registry.services.sale_log import Face, SaleLog
from battery_registry.store.tables.resale import asked_count, sale_check
from tests.builders import NOW
from tests.conftest import Clock
from tests.played import Play


def by_serial(play: Play, serial: str) -> TestResponse:
    return play.client.post("/api/v1/resale/serial", json={"serial": serial})


def told(play: Play, serial: str) -> tuple[str, list[str]]:
    answer = by_serial(play, serial)
    assert answer.status_code == 200, answer.text
    body = answer.get_json()
    return body["answer"], [reason["code"] for reason in body["reasons"]]


def sha256(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def entries(play: Play, prefix: str) -> list[str]:
    answer = play.get(f"/api/v1/resale/prefix/{prefix}", None)
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.get_json()["entries"]
    return found


def test_a_serial_is_answered_as_registered(play: Play) -> None:
    play.green(pack_code="V48-0123456")
    play.red(pack_code="V48-7777777")
    assert told(play, " v48-0123456 ") == ("clear", [])
    assert told(play, "V48-7777777") == ("blocked", ["case_open", "code_red"])


@pytest.mark.parametrize(
    "serial", ["V4B-O12345G", "V48-012345", "V48-01234567", "V48-9123456", "V480123456"]
)
def test_a_misread_serial_is_hinted_at_and_leads_to_nobody(
    play: Play, serial: str
) -> None:
    code = play.green(pack_code="V48-0123456")
    assert told(play, serial) == ("unknown", ["no_such_serial", "similar_serial"])
    text = by_serial(play, serial).text
    assert "0123456" not in text.replace(serial, "")
    assert code not in text


def test_letters_of_other_alphabets_that_look_alike_are_hinted_at(play: Play) -> None:
    play.green(pack_code="VC48-KM0012")
    cyrillic = "V\u042148-\u041a\u041c0012"
    greek = "VC48-\u039a\u039c0012"
    for serial in (cyrillic, greek):
        assert told(play, serial) == ("unknown", ["no_such_serial", "similar_serial"])


def test_a_sign_that_stands_for_many_makes_no_serial_of_a_thousand_signs() -> None:
    # Sixty-four of it are within the limit of the wire, and near to 52,000 others.
    long = sale_keys.skeleton("\ufdfa" * 64)
    assert len(long) > 900
    assert sale_keys.near(long) == (long,)
    assert len(sale_keys.near("A" * 64)) > 3000


def test_a_serial_like_none_is_unknown_without_a_hint(play: Play) -> None:
    code = play.green(pack_code="V48-0123456")
    assert told(play, "V48-0129999") == ("unknown", ["no_such_serial"])
    # A code is no serial: who reads one off a screen learns nothing by it.
    assert told(play, codes.parse(code)) == ("unknown", ["no_such_serial"])


def test_of_two_makers_with_one_serial_the_gravest_answer_holds(play: Play) -> None:
    play.green(pack_code="V48-0123456", maker="Volta")
    play.red(pack_code="V48-0123456", maker="Ampere")
    assert told(play, "V48-0123456")[0] == "blocked"


def test_who_asks_too_often_waits_and_is_not_remembered(
    play: Play, clock: Clock
) -> None:
    answers = [by_serial(play, "V48-0123456").status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    assert by_serial(play, "V48-0123456").get_json()["code"] == "asked_too_often"
    with play.registry.runtime.database.reading() as session:
        (row,) = session.execute(asked_count.select())
    assert (row.asked, b"127.0.0.1" in row.asker_mac) == (60, False)
    clock.now = NOW + timedelta(minutes=10)
    assert by_serial(play, "V48-0123456").status_code == 200


def test_a_prefix_gives_twenty_candidates_and_the_right_one_among_them(
    play: Play,
) -> None:
    code = play.red(pack_code="V48-0123456")
    for value in (codes.parse(code), "V48-0123456"):
        digest = sha256(value)
        found = entries(play, digest[:5])
        assert f"{digest[5:21]}:blocked" in found
        assert len(found) > LEAST
        assert len({entry.partition(":")[0] for entry in found}) == len(found)
        assert {len(entry.partition(":")[0]) for entry in found} == {16}
        assert found == sorted(found) == entries(play, digest[:5])


def test_one_serial_of_two_makers_stands_once_with_the_gravest_answer(
    play: Play,
) -> None:
    play.green(pack_code="V48-0123456", maker="Volta")
    play.red(pack_code="V48-0123456", maker="Ampere")
    digest = sha256("V48-0123456")
    found = [e for e in entries(play, digest[:5]) if e.startswith(digest[5:21])]
    assert found == [f"{digest[5:21]}:blocked"]


def test_a_prefix_of_nothing_looks_like_any_other(play: Play) -> None:
    found = entries(play, "abcde")
    assert LEAST <= len(found) < LEAST + 16
    assert all(
        entry.partition(":")[2] in {"clear", "clear_with_notice", "blocked"}
        for entry in found
    )
    for wrong in ("abcd", "ABCDE", "abcdg", "abcdef"):
        assert play.get(f"/api/v1/resale/prefix/{wrong}", None).status_code == 422


def test_many_prefixes_are_answered_as_one_by_one(play: Play) -> None:
    code = codes.parse(play.green())
    asked = [sha256(code)[:5], "00000", "fffff"]
    answer = play.client.post(
        "/api/v1/resale/prefixes",
        json={"prefixes": asked},
        headers=play.registry.headers("dealer"),
    )
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["prefixes"] == {
        each: entries(play, each) for each in asked
    }
    for wrong in ([], ["x"], ["00000"] * 1001, "00000"):
        refused = play.client.post(
            "/api/v1/resale/prefixes",
            json={"prefixes": wrong},
            headers=play.registry.headers("dealer"),
        )
        assert refused.status_code == 422


def test_the_feed_lists_a_day_s_changes_by_hash_and_is_signed(
    play: Play, clock: Clock
) -> None:
    code, other = play.green(), play.green()
    unnamed: dict[str, Any] = {"pack_code": None, "pack_code_scheme": "none"}
    play.red(label_code=code, **unnamed)
    day = "2026-11-23"
    assert play.get(f"/api/v1/resale/feed/{day}", "dealer").status_code == 404
    clock.now = NOW + timedelta(days=1)
    answer = play.get(f"/api/v1/resale/feed/{day}", "dealer")
    keys = json.loads(play.get("/.well-known/jwks.json", None).text)
    content: dict[str, Any] = json.loads(jws.verify(answer.text, keys))
    assert content["day"] == day
    assert content["changes"] == [
        {"code_sha256": sha256(codes.parse(code)), "answer": "blocked"}
    ]
    assert sha256(codes.parse(other)) not in json.dumps(content)
    assert play.get(f"/api/v1/resale/feed/{day}", None).status_code == 401
    assert play.get("/api/v1/resale/feed/yesterday", "dealer").status_code == 404


def test_every_check_is_kept_without_who_asked(play: Play, clock: Clock) -> None:
    code = play.green(pack_code="V48-0123456")
    for _ in range(3):
        play.get(f"/api/v1/resale/{code}", None)
    told(play, "V48-0123456")
    entries(play, "00000")
    runtime = play.registry.runtime
    assert runtime.sale_log.write(runtime.database) == 5
    with runtime.database.reading() as session:
        rows = session.execute(sale_check.select()).all()
    asked = sorted((row.face, row.asked) for row in rows)
    assert asked == [("code", 3), ("prefix", 1), ("serial", 1)]
    assert {row.hour for row in rows} == {NOW.replace(minute=0, second=0)}
    assert {len(row.subject_mac) for row in rows} == {32}
    assert set(sale_check.c.keys()) == {
        "check_id",
        "subject_mac",
        "answer",
        "face",
        "hour",
        "asked",
    }


def kept_checks(play: Play) -> list[tuple[str, int]]:
    with play.registry.runtime.database.reading() as session:
        rows = session.execute(sale_check.select()).all()
    return sorted((row.answer, row.asked) for row in rows)


def test_checks_are_written_after_ten_seconds(play: Play, clock: Clock) -> None:
    code = play.green()
    for _ in range(300):
        play.get(f"/api/v1/resale/{code}", None)
    assert kept_checks(play) == []
    clock.now = NOW + timedelta(seconds=10)
    play.get(f"/api/v1/resale/{code}", None)
    assert kept_checks(play) == [("clear", 301)]


def test_strangers_who_make_codes_up_fill_no_table(play: Play, clock: Clock) -> None:
    for number in range(250):
        made_up = codes.show(codes.mint(number.to_bytes(10, "big")))
        assert play.get(f"/api/v1/resale/{made_up}", None).status_code == 200
    clock.now = NOW + timedelta(seconds=10)
    play.get(f"/api/v1/resale/{made_up}", None)
    assert kept_checks(play) == [("unknown", 251)]


def test_checks_are_kept_for_their_time(play: Play) -> None:
    database, log = play.registry.runtime.database, SaleLog()
    for days in (2, 3, 4):
        at = NOW - timedelta(days=days)
        log.note(face=Face.CODE, subject_mac=b"m" * 32, answer="clear", now=at)
    assert log.write(database) == 3
    kept = timedelta(days=3)
    assert database.run(lambda s: sale_log.purge(s, kept=kept, now=NOW)) == 1
    assert kept_checks(play) == [("clear", 1)] * 2


def test_a_database_that_is_away_costs_no_answer_and_no_check(play: Play) -> None:
    runtime, log = play.registry.runtime, SaleLog()
    assert log.write(runtime.database) == 0
    log.note(face=Face.CODE, subject_mac=b"m" * 32, answer="x" * 4_000, now=NOW)
    if not runtime.database.is_sqlite:
        assert log.write(runtime.database) == 0
        assert log.write(runtime.database) == 0
