"""No path from red to clear but three; the database is what the model says.

After every rule the database is asked what it knows: the case, one event and
one ledger leaf of each step, and one notice of whatever somebody must be told.
"""

import os
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy import func, select

from battery_registry.store.tables.batteries import battery
from battery_registry.store.tables.cases import (
    case,
    custody_event,
    ledger_leaf,
    notice,
)
from battery_registry.store.tables.incidents import incident
from tests.builders import Registry
from tests.conftest import Clock
from tests.played import Play
from tests.services.custody_whole_way import WholeWay

# How many packs a plain run plays; a longer one is told by the environment.
PACKS = int(os.environ.get("CUSTODY_MACHINE_PACKS", "40"))
STEPS = 50
EVERYWHERE = {
    *("isolated", "collected", "in_transit", "received", "dismantled", "destroyed"),
    *("missing", "mismatch", "cleared by retest", "cleared by appeal"),
}


class Played(WholeWay):
    """The whole way, held against the database."""

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        told = self.counts()
        assert told.state == self.state
        assert (told.holder_code or "resident") == self.holder
        assert told.seq == self.seq == told.events == told.leaves
        assert told.changed == self.seq - 1
        assert told.destroyed == (self.state == "destroyed")
        assert told.cleared == (self.state == "cleared")
        assert (told.code == "red") or self.state == "cleared"
        assert told.offered == self.offers_made
        assert told.offer_closed == self.offers_closed
        assert told.overdue == self.late_told
        assert told.missing == (self.state == "missing")
        is_closed = self.state in {"destroyed", "cleared"}
        assert (told.closed_at is not None) is is_closed is (told.due_at is None)

    def counts(self) -> Any:
        def number(table: Any, *conditions: Any, key: str = "battery_id") -> Any:
            return (
                select(func.count())
                .select_from(table)
                .where(table.c[key] == self.battery_id, *conditions)
                .scalar_subquery()
            )

        def told(topic: str) -> Any:
            return number(notice, notice.c.topic == topic)

        missing = (incident.c.kind == "pack_missing", incident.c.closed_at.is_(None))
        wanted = (
            select(
                case,
                battery.c.code,
                number(custody_event).label("events"),
                number(ledger_leaf, ledger_leaf.c.kind == "custody_event").label(
                    "leaves"
                ),
                told("custody.changed").label("changed"),
                told("battery.destroyed").label("destroyed"),
                told("battery.cleared").label("cleared"),
                told("custody.offered").label("offered"),
                told("custody.offer_closed").label("offer_closed"),
                told("custody.overdue").label("overdue"),
                number(incident, *missing, key="subject_id").label("missing"),
            )
            .join(battery, battery.c.battery_id == case.c.battery_id)
            .where(case.c.battery_id == self.battery_id)
        )
        with self.registry.runtime.database.reading() as session:
            return session.execute(wanted).one()

    def teardown(self) -> None:
        if self.state != "cleared" and hasattr(self, "code"):
            sale = self.play.get(f"/api/v1/resale/{self.code}", None).get_json()
            # A destroyed one is gone: nobody is told anything but that.
            assert sale.get("sellable") is not True


def play_all(play: Play, clock: Clock, *, packs: int, steps: int) -> Counter[str]:
    """Play so many packs for so many steps each; how often each state came."""
    seen: Counter[str] = Counter()
    bystander = play.red().replace("-", "")
    parts = {"play": play, "clock": clock, "bystander": bystander, "seen": seen}
    machine = type("Machine", (Played,), parts)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=packs, stateful_step_count=steps)
    )
    return seen


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


def test_a_red_pack_played_at_random(play: Play, clock: Clock) -> None:
    assert play_all(play, clock, packs=PACKS, steps=STEPS)


@pytest.mark.soak
@pytest.mark.parametrize("sizes", [(500, 50), (10_000, 100)], ids=["500", "10000"])
def test_red_packs_played_for_long(
    play: Play, clock: Clock, sizes: tuple[int, int]
) -> None:
    seen = play_all(play, clock, packs=sizes[0], steps=sizes[1])
    # What was never reached was not tested.
    assert not EVERYWHERE - seen.keys()
