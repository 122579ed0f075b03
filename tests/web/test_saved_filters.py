"""Filters of the red list that a person keeps."""

import re

from flask import Flask

from battery_registry.services import saved_filters
from tests.played import Play
from tests.web.visits import Visitor

_KEPT = re.compile(
    r'<li><a href="(/red-list[^"]*)">([^<]+)</a> <form method="post" action="([^"]+)"'
)


def kept(visitor: Visitor) -> list[tuple[str, str]]:
    """List names and addresses of what is kept."""
    text = visitor.get("/red-list").text
    return [(name, link.replace("&amp;", "&")) for link, name, _ in _KEPT.findall(text)]


def save(visitor: Visitor, name: str, query: str) -> int:
    answer = visitor.post(
        "/red-list/filters", form="/red-list?overdue=true", name=name, query=query
    )
    return answer.status_code


def test_a_filter_is_kept_used_replaced_and_dropped(
    play: Play, regulator: Visitor
) -> None:
    volta, acme = play.red(), play.red(maker="Acme")
    assert save(regulator, "Acme's", "maker=Acme&district=110102") == 303
    ((name, link),) = kept(regulator)
    assert "Acme" in name
    shown = regulator.get(link).text
    assert acme in shown
    assert volta not in shown
    assert save(regulator, "Acme's", "maker=Volta") == 303
    ((_, link),) = kept(regulator)
    assert volta in regulator.get(link).text
    found = _KEPT.search(regulator.get("/red-list").text)
    assert found is not None
    assert regulator.post(found[3], form="/red-list").status_code == 303
    assert kept(regulator) == []


def test_nobody_sees_or_drops_anothers(
    play: Play, regulator: Visitor, app: Flask
) -> None:
    assert play.registry.stations
    save(regulator, "Mine", "overdue=true")
    found = _KEPT.search(regulator.get("/red-list").text)
    assert found is not None
    other = Visitor(app).sign_in("auditor")
    assert kept(other) == []
    assert other.post(found[3], form="/red-list").status_code == 303
    assert [name for name, _ in kept(regulator)] == ["Mine"]


def test_what_cannot_be_kept_says_why_and_stays_typed(regulator: Visitor) -> None:
    answer = regulator.post(
        "/red-list/filters",
        form="/red-list?overdue=true",
        name="n" * 65,
        query="overdue=true",
    )
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert "n" * 65 in answer.text
    assert save(regulator, "Wrong", "state=sold") == 422
    assert save(regulator, "", "overdue=true") == 422
    assert kept(regulator) == []


def test_fifty_are_enough(regulator: Visitor) -> None:
    for number in range(saved_filters.MOST):
        assert save(regulator, f"{number}", "overdue=true") == 303
    assert save(regulator, "more", "overdue=true") == 422
    assert save(regulator, "7", "overdue=false") == 303
    assert len(kept(regulator)) == saved_filters.MOST
