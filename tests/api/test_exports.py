import csv
import io
from datetime import date, timedelta

import pytest

from battery_registry.queries import exports
from tests.builders import NOW, make_body, make_red_body
from tests.conftest import Clock
from tests.played import Play

RED_LIST = "/api/v1/exports/red-list.csv"
INSPECTIONS = "/api/v1/exports/inspections.csv"


def rows(
    play: Play, address: str, key: str = "admin", **query: str
) -> list[dict[str, str]]:
    answer = play.get(address, key, **query)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/csv; charset=utf-8"
    raw = answer.get_data()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_the_red_list_is_exported_as_it_is_listed(play: Play) -> None:
    play.green()
    volta, acme = play.red(), play.red(maker="Acme")
    play.walk(acme, until="isolated")
    told = {row["code"]: row for row in rows(play, RED_LIST)}
    assert set(told) == {volta, acme}
    assert told[acme]["state"] == "isolated"
    assert told[acme]["holder"] == "xicheng-checks"
    assert told[acme]["opened_at"] == "2026-11-23T04:00:00+00:00"
    assert told[acme]["overdue"] == "false"
    assert [row["code"] for row in rows(play, RED_LIST, maker="Acme")] == [acme]


def test_inspections_are_exported_with_their_verdicts(play: Play) -> None:
    play.hand_in(make_body(ambient_temp_c=15.0), make_red_body())
    told = rows(play, INSPECTIONS)
    assert sorted(row["verdict"] for row in told) == ["green", "red"]
    red = next(row for row in told if row["verdict"] == "red")
    assert red["rules_fired"] == "T1"
    assert red["internal_resistance_mohm"] == "500.1"
    assert red["station"] == "XC-01"
    assert red["ruleset"] == "cn-2024"


def test_a_long_list_is_exported_whole(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_PAGE", 3)
    receipts = play.hand_in(*[make_red_body() for _ in range(9)], make_body())
    ids = [receipt["inspection_id"] for receipt in receipts]
    told = [row["inspection_id"] for row in rows(play, INSPECTIONS)]
    assert sorted(told) == sorted(ids)
    codes = {receipt["battery"]["code"] for receipt in receipts[:9]}
    listed = [row["code"] for row in rows(play, RED_LIST)]
    assert len(listed) == 9
    assert set(listed) == codes


def test_a_period_narrows(play: Play, clock: Clock) -> None:
    play.hand_in(
        make_body(tested_at=(NOW - timedelta(days=9)).isoformat()),
        make_body(),
        make_body(),
    )
    assert len(rows(play, INSPECTIONS, since="2026-11-23")) == 2
    assert len(rows(play, INSPECTIONS, until="2026-11-22")) == 1
    assert len(rows(play, INSPECTIONS, since="2026-11-14", until="2026-11-23")) == 3


def test_no_text_becomes_a_formula(play: Play) -> None:
    for maker in ('=HYPERLINK("http://x","y")', "@SUM(A1)", "+1", "-1", "＝1"):  # noqa: RUF001 - the full-width form is the point
        play.red(maker=maker)
    for row in rows(play, RED_LIST) + rows(play, INSPECTIONS):
        assert row["maker"].startswith("'")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("=1+1", "'=1+1"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-5.5, "-5.5"),
        (date(2026, 11, 23), "2026-11-23"),
        (NOW, "2026-11-23T04:00:00+00:00"),
    ],
)
def test_a_cell_is_plain(value: object, told: str) -> None:
    assert exports.cell(value) == told


def test_a_quote_or_a_comma_keeps_the_columns(play: Play) -> None:
    play.red(maker='A, "B"', model="x,y")
    (row,) = rows(play, RED_LIST)
    assert (row["maker"], row["model"]) == ('A, "B"', "x,y")


def test_no_personal_data_is_exported(play: Play) -> None:
    play.red(plate="京A12345", owner_name="王小明", owner_phone="13800138000")
    told = play.get(INSPECTIONS).text + play.get(RED_LIST).text
    assert not any(word in told for word in ("王小明", "12345", "13800138000"))


def test_each_exports_the_own_part(play: Play) -> None:
    play.red()
    mine = play.red(key="HD-01")
    key = play.add_district_regulator()
    assert [row["code"] for row in rows(play, RED_LIST, key)] == [mine]
    assert [row["code"] for row in rows(play, INSPECTIONS, key)] == [mine]
    for other in ("XC-01", "greencell", "dealer"):
        assert play.get(RED_LIST, other).status_code == 403
        assert play.get(INSPECTIONS, other).status_code == 403


def test_a_bad_parameter_is_named_before_the_file_begins(play: Play) -> None:
    for address, name in ((RED_LIST, "limit"), (INSPECTIONS, "since")):
        answer = play.get(address, **{name: "x"})
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == name
