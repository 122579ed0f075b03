import itertools
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOW, make_body, make_red_body
from tests.played import Play

URL = "/api/v1/figures"
SPLITS = ("district", "month", "code", "maker", "station")
LAST_MONTH = (NOW - timedelta(days=30)).isoformat()

# What was handed in: station, and what makes it differ from a healthy pack.
HANDED_IN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("XC-01", {}),
    ("XC-01", {"maker": "Acme"}),
    ("XC-01", {"maker": None, "pack_code": None, "pack_code_scheme": "none"}),
    ("XC-01", {"tested_at": LAST_MONTH}),
    ("XC-01", {"internal_resistance_mohm": 501.0}),
    ("XC-01", {"internal_resistance_mohm": 501.0, "maker": "Acme"}),
    ("HD-01", {"maker": "Acme"}),
    ("HD-01", {"internal_resistance_mohm": 501.0, "tested_at": LAST_MONTH}),
)


def hand_in_all(play: Play) -> None:
    for key, changes in HANDED_IN:
        play.hand_in(make_body(**changes), key=key)


def facts(key: str, changes: dict[str, Any]) -> dict[str, str]:
    return {
        "station": key,
        "district": {"XC-01": "110102", "HD-01": "110108"}[key],
        "maker": changes.get("maker", "Volta") or "",
        "month": "2026-10" if "tested_at" in changes else "2026-11",
        "code": "red" if "internal_resistance_mohm" in changes else "green",
    }


def ask(play: Play, key: str = "admin", **query: Any) -> Any:
    answer = play.get(URL, key, **query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_figures_are_what_one_counts_by_hand_however_split(play: Play) -> None:
    hand_in_all(play)
    every = [facts(*row) for row in HANDED_IN]
    splits = [
        split
        for length in range(len(SPLITS) + 1)
        for split in itertools.combinations(SPLITS, length)
    ]
    for split in [*splits, ("station", "code"), ("maker", "district")]:
        told = ask(play, by=",".join(split))
        counted = Counter(tuple(fact[part] for part in split) for fact in every)
        items = [
            (tuple(item[part] for part in split), item["inspections"])
            for item in told["items"]
        ]
        assert dict(items) == dict(counted), split
        assert items == sorted(items)
        assert told["total"] == len(HANDED_IN)
        assert told["by"] == list(split)


def test_months_narrow(play: Play) -> None:
    hand_in_all(play)
    assert ask(play, since="2026-11")["total"] == 6
    assert ask(play, until="2026-10")["total"] == 2
    assert ask(play, since="2026-10", until="2026-11")["total"] == 8


def test_an_empty_registry_has_the_figure_zero(play: Play) -> None:
    assert ask(play) == {"by": [], "items": [{"inspections": 0}], "total": 0}
    assert ask(play, by="code")["items"] == []


def test_a_month_is_the_citys(play: Play) -> None:
    # 16:30 UTC on 31 October is 1 November in the city.
    play.hand_in(make_body(tested_at="2026-10-31T16:30:00Z"))
    play.hand_in(make_body(tested_at="2026-10-31T15:30:00Z"))
    assert [item["month"] for item in ask(play, by="month")["items"]] == [
        "2026-10",
        "2026-11",
    ]


def test_each_sees_the_own_part(play: Play) -> None:
    hand_in_all(play)
    assert ask(play, play.add_district_regulator())["total"] == 2
    assert ask(play, "HD-01")["total"] == 2
    assert ask(play, "XC-01", by="station")["items"] == [
        {"station": "XC-01", "inspections": 6}
    ]
    assert ask(play, "regulator")["total"] == 8


def test_a_duplicate_is_not_counted_again(play: Play) -> None:
    body = make_red_body()
    for _ in range(2):
        play.client.post(
            "/api/v1/inspections", json=body, headers=play.registry.headers()
        )
    assert ask(play)["total"] == 1


@pytest.mark.parametrize("key", ["city-collect", "greencell", "dealer"])
def test_others_have_no_figures(play: Play, key: str) -> None:
    assert play.get(URL, key).status_code == 403


def test_a_bad_parameter_is_named(play: Play) -> None:
    for name, value in (
        ("by", "weather"),
        ("by", "code,,maker"),
        ("since", "2026-13"),
        ("since", "2026-1"),
        ("until", "november"),
        ("district", "110102"),
    ):
        answer = play.get(URL, **{name: value})
        assert answer.status_code == 422, (name, value)
        assert [f["field"] for f in answer.get_json()["errors"]] == [name]
