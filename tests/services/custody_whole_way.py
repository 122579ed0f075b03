"""Appeals, retests, manifests and clocks, added to the steps of one red pack.

They are played as rules of the same machine, and what the model expects of
each is said here.
"""

import uuid
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
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
from battery_registry.services import (
    appeals,
    clocks,
    manifest_receipt,
    manifests,
    retests,
)
from battery_registry.services.appeals import Decision
from battery_registry.services.manifest_receipt import ToldReceipt
from battery_registry.store.tables.cases import case
from tests.builders import NOW, make_body
from tests.services.custody_machine import RedPack
from tests.services.custody_model import NEXT, ROLES

NOT_CLEARABLE = {"missing", "dismantled", "destroyed", "cleared"}


def new_sscc() -> str:
    """Number a drum as no other is numbered."""
    body = f"{uuid.uuid4().int % 10**17:017d}"
    return body + check_digit(body)


class WholeWay(RedPack):
    """The steps of a red pack, and the three ways in which a red ends."""

    def __init__(self) -> None:
        super().__init__()
        self.manifest: uuid.UUID | None = None
        self.sscc = ""
        self.differing: set[uuid.UUID] = set()

    def cleared(self, by: str) -> None:
        assert self.state not in NOT_CLEARABLE
        self.seen[f"cleared by {by}"] += 1
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
            self.cleared("appeal")

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
        self.retest_due = opened.due_at if opened else self.retest_due

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
            self.cleared("retest")

    @precondition(lambda self: self.state == "collected")
    @rule(wrong=st.integers(0, 3))
    def send_by_manifest(self, wrong: int) -> None:
        packing = Packing.P908 if wrong else Packing.P909
        sscc = new_sscc()
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
                    sscc=sscc,
                    damage_class=DamageClass.DAMAGED,
                    packing_instruction=packing,
                ),
            ),
            packs=(ListedPack(code=self.code, sscc=sscc, mass_kg=4.0),),
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
            self.manifest, self.sscc = draft.manifest_id, sscc
            self.moved("in_transit", self.holder, "safe-haul")

    @precondition(lambda self: self.manifest is not None)
    @rule(arrived=st.booleans())
    def receive_manifest(self, arrived: bool) -> None:
        told = ToldReceipt(
            occurred_at=self.now,
            codes=(self.code,) if arrived else (),
            masses_kg={self.sscc: 4.0} if arrived else {},
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
            if self.state == "missing":
                self.moved("isolated", self.holder, NEXT["received"])
            self.moved(found.state, self.holder, NEXT["received"])

    @rule(hours=st.sampled_from([1, 24, 80]))
    def wait(self, hours: int) -> None:
        # Instruments stay calibrated and inspectors trained for that long.
        if self.now < NOW + timedelta(days=25):
            self.now = self.clock.now = self.now + timedelta(hours=hours)

    @rule()
    def look_at_clocks(self) -> None:
        database = self.registry.runtime.database
        database.run(lambda session: clocks.tick(session, now=self.now))
        if self.offer is not None and self.offer.expires_at <= self.now:
            self.offer, self.offers_closed = None, self.offers_closed + 1
        due_at = self.standing().due_at
        if not self.is_told_late and due_at is not None and due_at < self.now:
            self.late_told, self.is_told_late = self.late_told + 1, True

    def standing(self) -> Any:
        with self.registry.runtime.database.reading() as session:
            return session.execute(
                select(case).where(case.c.battery_id == self.battery_id)
            ).one()
