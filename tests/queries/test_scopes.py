"""Whoever sees a part sees that part only, whatever is asked."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from battery_registry.domain import code as codes
from battery_registry.domain.caller import Scope
from battery_registry.queries import (
    batteries,
    custody,
    exports,
    figures,
    red_list,
    sites,
)
from battery_registry.queries.figures import By, Months, TooManyFiguresError
from battery_registry.queries.red_list import Filters, LimitError
from tests.builders import NOW
from tests.played import Play


def scopes(play: Play) -> dict[str, Scope]:
    """Three ways to see Haidian only."""
    return {
        "district": Scope(district_code="110108"),
        "station": Scope(station_id=play.registry.stations["HD-01"]),
        "organisation": Scope(
            organisation_id=play.registry.organisations["haidian-checks"]
        ),
    }


def test_every_scope_narrows_every_question(play: Play) -> None:
    other, mine = play.red(pack_code="SC-0001"), play.red(key="HD-01")
    with play.registry.runtime.database.reading() as session:
        for scope in scopes(play).values():
            listed = red_list.find(session, filters=Filters(), scope=scope, now=NOW)
            assert [codes.show(case.public_code) for case in listed.items] == [mine]
            (figure,) = figures.count(session, by=(), months=Months(), scope=scope)
            assert figure.inspections == 1
            for code, is_mine in ((mine, True), (other, False)):
                asked = codes.parse(code)
                found = batteries.find(session, code=asked, scope=scope, now=NOW)
                chain = custody.find(session, code=asked, scope=scope, now=NOW)
                assert (found is not None, chain is not None) == (is_mine, is_mine)
            assert not batteries.find_by_serial(
                session, serial="SC-0001", scope=scope, now=NOW
            )
            written = "".join(
                exports.inspections_csv(session, since=None, until=None, scope=scope)
            )
            assert mine in written
            assert other not in written


def test_a_part_without_a_row_is_empty(play: Play) -> None:
    play.red()
    nowhere = Scope(district_code="110101")
    with play.registry.runtime.database.reading() as session:
        page = red_list.find(session, filters=Filters(), scope=nowhere, now=NOW)
        assert (page.items, page.next_cursor) == ((), None)
        (figure,) = figures.count(session, by=(), months=Months(), scope=nowhere)
        assert figure.inspections == 0


def test_the_public_page_finds_the_battery_its_case_and_its_answer(play: Play) -> None:
    code = play.red(plate="京A12345")
    with play.registry.runtime.database.reading() as session:
        found = batteries.find_public(session, code=codes.parse(code), now=NOW)
        assert found is not None
        assert found.battery is not None
        assert found.battery.code == "red"
        assert found.battery.case_state == "flagged"
        assert found.battery.sale.answer == "blocked"
        assert found.battery.tested_by.name_en == "Station XC-01"
        unknown = codes.mint(b"0123456789")
        assert batteries.find_public(session, code=unknown, now=NOW) is None


def test_the_sites_of_a_district_are_its_open_stations(play: Play) -> None:
    with play.registry.runtime.database.reading() as session:
        found = sites.find_in_district(session, district_code="110108")
        assert [(site.code, site.address_en) for site in found] == [
            ("HD-01", "1 Example Street")
        ]
        assert sites.find_in_district(session, district_code="110101") == ()


def test_a_page_has_its_limits(play: Play) -> None:
    with play.registry.runtime.database.reading() as session:
        for limit in (0, 201):
            with pytest.raises(LimitError):
                red_list.find(
                    session, filters=Filters(), scope=Scope(), now=NOW, limit=limit
                )


def test_too_many_figures_are_refused(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.green(maker="Acme")
    play.green(maker="Volta")
    monkeypatch.setattr(figures, "MAX_ROWS", 1)
    with (
        play.registry.runtime.database.reading() as session,
        pytest.raises(TooManyFiguresError),
    ):
        figures.count(session, by=(By.MAKER,), months=Months(), scope=Scope())


def test_a_page_of_the_red_list_is_one_statement_however_long(play: Play) -> None:
    for _ in range(5):
        play.red()
    statements: list[str] = []
    engine = play.registry.runtime.database.read_engine

    def note(
        _connection: object, _cursor: object, statement: str, *_rest: object
    ) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    with play.registry.runtime.database.reading() as session:
        page = red_list.find(session, filters=Filters(), scope=Scope(), now=NOW)
    event.remove(engine, "before_cursor_execute", note)
    assert len(page.items) == 5
    selects = [text for text in statements if text.lstrip().startswith("SELECT")]
    assert len(selects) == 1


def test_a_late_case_is_late_at_the_time_of_the_question_only(play: Play) -> None:
    play.red()
    later = NOW + timedelta(days=3)
    with play.registry.runtime.database.reading() as session:
        for now, is_late in ((NOW, False), (later, True)):
            (case,) = red_list.find(
                session, filters=Filters(), scope=Scope(), now=now
            ).items
            assert case.is_overdue is is_late
