"""No path from red to clear but three; the database is what the model says.

Appeals, retests and manifests are added here to the steps of one red pack, and
after every rule the database is asked what it knows.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from battery_registry.domain.gs1.check_digits import check_digit
from battery_registry.domain.manifests import (
    DamageClass,
    Draft,
    Drum,
    ListedPack,
    Packing,
    Papers,
    WasteKind,
)
from battery_registry.services import appeals, manifest_receipt, manifests, retests
from battery_registry.services.appeals import Decision
from battery_registry.services.manifest_receipt import ToldReceipt
from battery_registry.store.tables.cases import (
    case,
    custody_event,
    ledger_leaf,
    notice,
)
from tests.builders import Registry, make_body
from tests.conftest import Clock
from tests.played import Play
from tests.services.custody_machine import NEXT, ROLES, RedPack

_BODY = "09520000000000001"
SSCC = _BODY + check_digit(_BODY)
NOT_CLEARABLE = {"missing", "dismantled", "destroyed", "cleared"}


class WholeWay(RedPack):
    """The steps of a red pack, and the three ways in which a red ends."""

    def __init__(self) -> None:
        super().__init__()
        self.manifest: uuid.UUID | None = None
        self.differing: set[uuid.UUID] = set()

    def cleared(self) -> None:
        assert self.state not in NOT_CLEARABLE
        self.state, self.seq, self.offer = "cleared", self.seq + 1, None
        self.appeal, self.has_retest = None, False

    @rule(by=st.sampled_from(sorted(ROLES)))
    def file_appeal(self, by: str) -> None:
        filed = self.does(
            lambda session: appeals.file_appeal(
                session,
                public_code=self.code,
                grounds="The meter was cold.",
                caller=self.caller(by),
                days=15,
                now=self.now,
            )
        )
        self.appeal = filed or self.appeal

    @precondition(lambda self: self.appeal is not None)
    @rule(is_upheld=st.integers(0, 3), by=st.sampled_from(["city-market", "greencell"]))
    def decide_appeal(self, is_upheld: int, by: str) -> None:
        assert self.appeal is not None
        decision = Decision(
            appeal_id=self.appeal, is_upheld=not is_upheld, note="Looked at again."
        )

        def decide(session: Session) -> bool:
            appeals.decide(
                session,
                decision=decision,
                caller=self.caller(by),
                ruleset=self.registry.runtime.ruleset,
                now=self.now,
            )
            return True

        if not self.does(decide):
            return
        self.appeal = None
        if decision.is_upheld:
            self.cleared()

    @rule()
    def open_retest(self) -> None:
        opened = self.does(
            lambda session: retests.open_retest(
                session,
                public_code=self.code,
                caller=self.caller("city-market"),
                days=15,
                now=self.now,
            )
        )
        self.has_retest = self.has_retest or opened is not None

    @rule(key=st.sampled_from(["XC-01", "HD-01"]))
    def test_green(self, key: str) -> None:
        body = make_body(pack_code=self.serial, tested_at=self.now.isoformat())
        self.play.client.post(
            "/api/v1/inspections", json=body, headers=self.registry.headers(key)
        )
        found = self.standing()
        if found.state == "cleared" and self.state != "cleared":
            assert key == "HD-01"
            assert self.has_retest
            self.cleared()

    @precondition(lambda self: self.state == "collected")
    @rule(wrong=st.integers(0, 3))
    def send_by_manifest(self, wrong: int) -> None:
        packing = Packing.P908 if wrong else Packing.P909
        draft = Draft(
            manifest_id=uuid.uuid4(),
            carrier="safe-haul",
            receiver="greencell",
            papers=Papers(
                waste_kind=WasteKind.LITHIUM,
                judged_by="C-0001",
                judge_trained_on=self.now.date() - timedelta(days=60),
            ),
            drums=(
                Drum(
                    sscc=SSCC,
                    damage_class=DamageClass.DAMAGED,
                    packing_instruction=packing,
                ),
            ),
            packs=(ListedPack(code=self.code, sscc=SSCC, mass_kg=4.0),),
        )

        def send(session: Any) -> bool:
            manifests.make(
                session, draft=draft, caller=self.caller(self.holder), now=self.now
            )
            manifests.dispatch(
                session,
                manifest_id=draft.manifest_id,
                occurred_at=self.now,
                caller=self.caller("safe-haul"),
                now=self.now,
            )
            return True

        sent = self.does(send)
        assert (sent is not None) is bool(wrong and self.holder == "city-collect")
        if sent:
            self.manifest = draft.manifest_id
            self.moved("in_transit", self.holder, "safe-haul")

    @precondition(lambda self: self.manifest is not None)
    @rule(arrived=st.booleans())
    def receive_manifest(self, arrived: bool) -> None:
        told = ToldReceipt(
            occurred_at=self.now,
            codes=(self.code,) if arrived else (),
            masses_kg={SSCC: 4.0} if arrived else {},
        )
        manifest_id = self.manifest
        assert manifest_id is not None
        differs = self.does(
            lambda session: manifest_receipt.receive(
                session,
                manifest_id=manifest_id,
                told=told,
                caller=self.caller("greencell"),
                now=self.now,
            )
        )
        if differs is None:
            return
        note_it = self.differing.add if differs.is_any else self.differing.discard
        note_it(manifest_id)
        self.is_held_back = bool(self.differing)
        found = self.standing()
        if found.state != self.state:
            assert found.state == ("received" if arrived else "mismatch")
            self.moved(found.state, self.holder, NEXT["received"])

    def standing(self) -> Any:
        with self.registry.runtime.database.reading() as session:
            return session.execute(
                select(case).where(case.c.battery_id == self.battery_id)
            ).one()

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        told = self.counts()
        assert told.state == self.state
        assert (told.holder_code or "resident") == self.holder
        assert told.seq == self.seq == told.events == told.leaves
        assert told.changed == self.seq - 1
        assert told.destroyed == (self.state == "destroyed")
        is_closed = self.state in {"destroyed", "cleared"}
        assert (told.closed_at is not None) is is_closed is (told.due_at is None)

    def counts(self) -> Any:
        def number(table: Any, *conditions: Any) -> Any:
            return (
                select(func.count())
                .select_from(table)
                .where(table.c.battery_id == self.battery_id, *conditions)
                .scalar_subquery()
            )

        wanted = select(
            case,
            number(custody_event).label("events"),
            number(ledger_leaf, ledger_leaf.c.kind == "custody_event").label("leaves"),
            number(notice, notice.c.topic == "custody.changed").label("changed"),
            number(notice, notice.c.topic == "battery.destroyed").label("destroyed"),
        ).where(case.c.battery_id == self.battery_id)
        with self.registry.runtime.database.reading() as session:
            return session.execute(wanted).one()

    def teardown(self) -> None:
        if self.state != "cleared" and hasattr(self, "code"):
            sale = self.play.get(f"/api/v1/resale/{self.code}", None).get_json()
            # A destroyed one is gone: nobody is told anything but that.
            assert sale.get("sellable") is not True


def play_all(play: Play, clock: Clock, *, examples: int, steps: int) -> None:
    parts = {"play": play, "clock": clock, "bystander": play.red().replace("-", "")}
    machine = type("Machine", (WholeWay,), parts)
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=examples, stateful_step_count=steps),
    )


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


def test_a_red_pack_played_at_random(play: Play, clock: Clock) -> None:
    play_all(play, clock, examples=40, steps=50)


@pytest.mark.soak
@pytest.mark.parametrize("sizes", [(500, 50), (10_000, 100)])
def test_red_packs_played_for_long(
    play: Play, clock: Clock, sizes: tuple[int, int]
) -> None:
    play_all(play, clock, examples=sizes[0], steps=sizes[1])
