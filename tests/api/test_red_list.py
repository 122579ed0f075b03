from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.builders import NOW, make_red_body
from tests.conftest import Clock
from tests.played import Play

URL = "/api/v1/red-list"


def codes(play: Play, key: str = "admin", **query: Any) -> list[str]:
    answer = play.get(URL, key, **query)
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.get_json()["items"]]


def test_open_cases_are_listed_and_nothing_else(play: Play) -> None:
    play.green()
    flagged, isolated, destroyed = play.red(), play.red(), play.red()
    play.walk(isolated, until="isolated")
    play.walk(destroyed, until="destroyed")
    assert sorted(codes(play)) == sorted([flagged, isolated])


def test_a_case_tells_where_it_is_and_who_answers_for_it(play: Play) -> None:
    code = play.red(maker="Volta", model="V60")
    play.walk(code, until="isolated")
    (item,) = play.get(URL).get_json()["items"]
    assert item["url"] == f"http://registry.test/b/{code}"
    assert (item["maker"], item["model"]) == ("Volta", "V60")
    assert item["state"] == "isolated"
    assert item["holder"] == "xicheng-checks"
    assert item["district"]["code"] == "110102"
    assert item["district"]["name_en"]
    assert item["station"] == {
        "code": "XC-01",
        "name_zh": "XC-01 检测站",
        "name_en": "Station XC-01",
    }
    assert item["opened_at"] == NOW.isoformat()
    assert item["overdue"] is False
    assert item["closed_at"] is None


FILTERS: tuple[tuple[dict[str, str], set[str]], ...] = (
    ({"district": "110102"}, {"volta", "acme", "old"}),
    ({"district": "110108"}, {"haidian"}),
    ({"maker": "Volta"}, {"volta", "haidian", "old"}),
    ({"maker": "Volta", "district": "110102"}, {"volta", "old"}),
    ({"model": "A1"}, {"acme"}),
    ({"state": "isolated"}, {"acme"}),
    ({"state": "isolated,flagged"}, {"volta", "acme", "old", "haidian"}),
    ({"state": "destroyed"}, {"gone"}),
    ({"state": "destroyed,isolated"}, {"gone", "acme"}),
    ({"state": ""}, {"volta", "acme", "old", "haidian"}),
    ({"since": (NOW - timedelta(days=1)).isoformat()}, {"volta", "acme", "haidian"}),
    ({"until": (NOW - timedelta(days=1)).isoformat()}, {"old"}),
    ({"since": NOW.isoformat()}, {"volta", "acme", "haidian"}),
    ({"until": NOW.isoformat()}, {"old"}),
    ({"since": "2026-11-23"}, {"volta", "acme", "haidian"}),
    ({"until": "2026-11-22"}, {"old"}),
    ({"until": "2026-11-23"}, {"volta", "acme", "old", "haidian"}),
    ({"overdue": "true"}, {"old"}),
    ({"overdue": "false"}, {"volta", "acme", "haidian"}),
)


def test_each_filter_narrows(play: Play, clock: Clock) -> None:
    clock.now = NOW - timedelta(days=3)
    old = play.red(tested_at=(NOW - timedelta(days=4)).isoformat())
    clock.now = NOW
    named = {
        "old": old,
        "volta": play.red(),
        "acme": play.red(maker="Acme", model="A1"),
        "haidian": play.red(key="HD-01"),
        "gone": play.red(maker="Acme"),
    }
    play.green()
    play.walk(named["acme"], until="isolated")
    play.walk(named["gone"], until="destroyed")
    names = {code: name for name, code in named.items()}
    for query, found in FILTERS:
        listed = {names[code] for code in codes(play, **query)}
        assert listed == found, query


def test_a_case_is_overdue_from_its_deadline_on(play: Play, clock: Clock) -> None:
    code = play.red()
    clock.now = NOW + timedelta(days=1)
    assert codes(play, overdue="true") == []
    clock.now = NOW + timedelta(days=1, microseconds=1)
    assert codes(play, overdue="true") == [code]
    (item,) = play.get(URL).get_json()["items"]
    assert (item["overdue"], item["age_days"]) == (True, 1)


def test_pages_meet_every_case_once_while_cases_are_added(
    play: Play, clock: Clock
) -> None:
    expected = set()
    for minute in range(4):
        clock.now = NOW + timedelta(minutes=minute)
        # Several of one moment: the id decides between them.
        for receipt in play.hand_in(*[make_red_body() for _ in range(6)]):
            expected.add(receipt["battery"]["code"])
    seen: list[str] = []
    cursor = None
    while True:
        page = play.get(
            URL, limit=5, **({"cursor": cursor} if cursor else {})
        ).get_json()
        seen += [item["code"] for item in page["items"]]
        clock.now += timedelta(minutes=1)
        play.red()
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert set(seen) == expected


def test_newest_first(play: Play, clock: Clock) -> None:
    first = play.red()
    clock.now = NOW + timedelta(seconds=1)
    second = play.red()
    assert codes(play) == [second, first]


def test_the_link_leads_to_the_next_page_with_the_same_filters(play: Play) -> None:
    play.hand_in(*[make_red_body() for _ in range(3)], make_red_body(maker="Acme"))
    first = play.get(URL, limit=2, maker="Volta")
    link = first.headers["Link"]
    assert link.endswith('>; rel="next"')
    address = urlsplit(link[1:].partition(">")[0])
    second = play.get(f"{address.path}?{address.query}")
    met = [
        item["code"] for page in (first, second) for item in page.get_json()["items"]
    ]
    assert len(set(met)) == 3
    assert second.get_json()["next_cursor"] is None
    assert "Link" not in second.headers


def test_a_full_last_page_has_no_next_one(play: Play) -> None:
    play.hand_in(make_red_body(), make_red_body())
    assert play.get(URL, limit=2).get_json()["next_cursor"] is None


def test_a_regulator_sees_the_own_district_only(play: Play) -> None:
    play.red()
    mine = play.red(key="HD-01")
    key = play.add_district_regulator()
    assert codes(play, key) == [mine]
    assert codes(play, key, district="110102") == []


@pytest.mark.parametrize("key", ["regulator", "auditor", "admin"])
def test_the_city_is_seen_by_its_own(play: Play, key: str) -> None:
    play.red()
    play.red(key="HD-01")
    assert len(codes(play, key)) == 2


@pytest.mark.parametrize("key", ["XC-01", "city-collect", "greencell", "dealer"])
def test_others_have_no_red_list(play: Play, key: str) -> None:
    answer = play.get(URL, key)
    assert answer.status_code == 403
    assert answer.get_json()["code"] == "not_allowed"


def test_a_stranger_is_asked_to_sign_in(play: Play) -> None:
    answer = play.get(URL, None)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


BAD_PARAMETERS = (
    ("limit", "0"),
    ("limit", "201"),
    ("limit", "many"),
    ("limit", "1_0"),
    ("limit", "-1"),
    ("limit", "9999999999999999999999"),
    ("cursor", "not-a-cursor"),
    ("cursor", "AAAA"),
    ("cursor", "é" * 32),
    ("cursor", "f_________________" + "_" * 14),
    ("district", "Xicheng"),
    ("district", "11010"),
    ("state", "burning"),
    ("state", "flagged,"),
    ("since", "yesterday"),
    ("since", "2026-11-23T00:00:00"),
    ("since", "2026-13-01"),
    ("until", "9999-12-31"),
    ("since", "0001-01-01T00:00:00+14:00"),
    ("overdue", "yes"),
    ("maker", "x" * 65),
    ("maker", "a\x00b"),
    ("page", "2"),
)


def test_a_bad_parameter_is_named(play: Play) -> None:
    for name, value in BAD_PARAMETERS:
        answer = play.get(URL, **{name: value})
        assert answer.status_code == 422, (name, value, answer.text)
        assert answer.content_type == "application/problem+json"
        faults = [fault["field"] for fault in answer.get_json()["errors"]]
        assert faults == [name], value


def test_a_parameter_given_twice_is_named(play: Play) -> None:
    answer = play.get(f"{URL}?maker=Volta&maker=Acme")
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "parameter_repeated"
    assert answer.get_json()["errors"][0]["field"] == "maker"


def test_a_name_is_compared_not_run(play: Play) -> None:
    play.red()
    assert codes(play, maker="' OR 1=1 --") == []
    assert codes(play, maker="Volt%") == []
