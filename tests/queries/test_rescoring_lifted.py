"""A rescore neither turns a lifted red red again, nor gives it a code of its own."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from battery_registry.queries.rescoring.run import Rescore, rescored
from battery_registry.scoring import load
from battery_registry.store.tables.batteries import battery
from tests.api.test_appeals import appeal, decide
from tests.api.test_retests import a_red, open_retest, retested
from tests.builders import Registry
from tests.played import Play


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


def judged_anew(play: Play, *, block: int) -> dict[str, tuple[str, str]]:
    """By label the legal code and the one of the rescore."""
    whole = Rescore(
        play.registry.runtime.database.reading,
        ruleset=load("cn-2024"),
        legal=load,
        block_packs=block,
    )
    found = {}
    for judged in whole.run():
        told = rescored(judged)
        rows = judged.block.ruling
        for place, code in enumerate(rows.public_code):
            found[code] = (str(rows.code[place]), str(told.codes[place]))
    return found


@pytest.mark.parametrize("block", [1, 100])
def test_a_retest_and_an_appeal_hold_under_a_rescore(play: Play, block: int) -> None:
    (upheld, _), green = a_red(play), play.green()
    (retold, serial), red = a_red(play), play.red()
    decide(play, appeal(play, upheld), upheld=True)
    open_retest(play, retold)
    play.hand_in(retested(serial), key="HD-01")
    plain = {name.replace("-", ""): name for name in (upheld, green, retold, red)}
    found = judged_anew(play, block=block)
    assert {plain[code]: told for code, told in found.items()} == {
        green: ("green", "green"),
        retold: ("green", "green"),
        red: ("red", "red"),
    }
    with play.registry.runtime.database.reading() as session:
        rows = session.execute(select(battery.c.public_code, battery.c.code))
        legal = {plain[row.public_code]: row.code for row in rows}
    assert legal == {upheld: "void", green: "green", retold: "green", red: "red"}
