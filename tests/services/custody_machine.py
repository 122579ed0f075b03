"""A red pack among all who handle it, played at random against a small model.

The model knows the lawful steps as a list of its own, and nothing of how the
registry decides; after every rule the database must say what the model says.
"""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State, UnlawfulStepError
from battery_registry.domain.roles import OrganisationKind
from battery_registry.services import offering, offers
from battery_registry.services.custody import ToldHandOver, hand_over
from battery_registry.services.offering import ToldOffer
from battery_registry.services.offers import ToldAcceptance, decline, withdraw
from battery_registry.store.tables.batteries import label
from tests.builders import NOW, ORGANISATIONS, Registry
from tests.conftest import Clock
from tests.played import Play
from tests.services.custody_model import (
    LAWFUL,
    NEXT,
    PROOF,
    ROLES,
    STAYS,
    Offered,
    parties,
    signers,
    states,
)


class RedPack(RuleBasedStateMachine):
    """One red pack from its red code on."""

    play: ClassVar[Play]
    clock: ClassVar[Clock]
    bystander: ClassVar[str]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.now = self.clock.now = NOW
        self.state, self.holder, self.seq = "flagged", "resident", 1
        self.offer: Offered | None = None
        self.appeal: uuid.UUID | None = None
        self.retest_due: datetime | None = None
        self.has_retest = self.is_held_back = self.is_told_late = False
        self.offers_made = self.offers_closed = self.late_told = 0

    @initialize()
    def turn_red(self) -> None:
        self.serial = f"V48-{uuid.uuid4().hex[:12].upper()}"
        tested_at = (NOW - timedelta(hours=3)).isoformat()
        code = self.play.red(pack_code=self.serial, tested_at=tested_at)
        self.code = codes.parse(code)
        with self.registry.runtime.database.reading() as session:
            self.battery_id = session.scalars(
                select(label.c.battery_id).where(label.c.code == self.code)
            ).one()

    @property
    def registry(self) -> Registry:
        return self.play.registry

    def caller(self, organisation: str) -> Caller:
        return Caller(
            organisation_id=self.registry.organisations[organisation],
            organisation_code=organisation,
            organisation_kind=OrganisationKind(ORGANISATIONS[organisation]),
            role=ROLES[organisation],
        )

    def does(self, work: Callable[[Any], Any]) -> Any:
        """Do it in one transaction; None where it is refused."""
        try:
            return self.registry.runtime.database.run(work)
        except RegistryError as refusal:
            self.refused_well(refusal)
        return None

    def refused_well(self, refusal: RegistryError) -> None:
        assert refusal.code not in {"not_stored", "refused"}, refusal
        if isinstance(refusal, UnlawfulStepError):
            assert refusal.extra["lawful_next"] == LAWFUL[self.state].split()

    def is_in_question(self) -> bool:
        """An appeal or a retest is open, so it is not taken apart."""
        is_retested = self.retest_due is not None and self.now <= self.retest_due
        return self.appeal is not None or is_retested

    def moved(self, to_state: str, giver: str, receiver: str) -> None:
        assert to_state in LAWFUL[self.state].split()
        assert giver == self.holder or "resident" in {giver, self.holder}
        self.state, self.seq = to_state, self.seq + 1
        self.holder = giver if to_state in STAYS else receiver
        self.offer, self.is_told_late = None, False
        self.seen[to_state] += 1

    def told(
        self, to_state: str, giver: str, receiver: str, signer: str, proven: bool
    ) -> bool:
        step = ToldHandOver(
            event_id=uuid.uuid4(),
            to_state=State(to_state),
            occurred_at=self.now,
            giver=giver,
            receiver=receiver,
            evidence=PROOF if proven else {},
        )
        taken = self.does(
            lambda session: hand_over(
                session,
                public_code=self.code,
                hand_over=step,
                caller=self.caller(signer),
                now=self.now,
            )
        )
        if taken is None:
            return False
        passes = "resident" not in {giver, receiver} and giver != receiver
        assert not passes or to_state in STAYS
        assert proven or to_state not in {"received", "mismatch", "destroyed"}
        assert signer in {giver, receiver}
        self.moved(to_state, giver, receiver)
        return True

    @rule(to_state=states, giver=parties, receiver=parties, signer=signers)
    def tell_anything(
        self, to_state: str, giver: str, receiver: str, signer: str
    ) -> None:
        self.told(to_state, giver, receiver, signer, proven=True)

    @rule(proven=st.booleans(), choice=st.integers(0, 2))
    def tell_what_is_next(self, proven: bool, choice: int) -> None:
        following = LAWFUL[self.state].split()
        if not following:
            return
        to_state = following[choice % len(following)]
        is_held = self.holder != "resident"
        if to_state in STAYS or self.state == "missing":
            receiver = self.holder if is_held else "xicheng-checks"
        else:
            receiver = NEXT[to_state]
        if to_state == "mismatch":
            receiver = "greencell"
        if to_state == "isolated" and is_held and self.state != "missing":
            receiver = self.holder
        signer = receiver if receiver != "resident" else "xicheng-checks"
        is_alone = receiver == self.holder or not is_held or to_state in STAYS
        done = self.told(to_state, self.holder, receiver, signer, proven)
        is_held_back = self.is_in_question() or (
            self.is_held_back and to_state == "destroyed"
        )
        if proven and is_alone and to_state in {"dismantled", "destroyed"}:
            assert done is not is_held_back

    @rule(to_state=states, receiver=parties, giver=signers)
    def offer_anything(self, to_state: str, receiver: str, giver: str) -> None:
        self.offers(to_state, receiver, giver)

    @rule(choice=st.integers(0, 3), is_accepted=st.integers(0, 3))
    def go_on(self, choice: int, is_accepted: int) -> None:
        """Take the next step as those take it who do their work."""
        ways = [to for to in LAWFUL[self.state].split() if to not in STAYS]
        if not ways:
            return
        to_state = ways[choice % len(ways)]
        receiver = NEXT[to_state]
        if self.holder in {"resident", receiver}:
            self.told(to_state, self.holder, receiver, receiver, proven=True)
            return
        self.offers(to_state, receiver, self.holder)
        if self.offer is not None and is_accepted:
            self.takes(self.offer, by=self.offer.receiver, scanned=self.code)

    def offers(self, to_state: str, receiver: str, giver: str) -> None:
        made = ToldOffer(
            offer_id=uuid.uuid4(),
            to_state=State(to_state),
            receiver=receiver,
            evidence={},
        )
        offer = self.does(
            lambda session: offering.make(
                session,
                public_code=self.code,
                told=made,
                caller=self.caller(giver),
                now=self.now,
            )
        )
        if offer is None:
            return
        assert to_state in LAWFUL[self.state].split()
        assert "resident" != receiver != giver
        assert self.offer is None or self.offer.expires_at <= self.now
        self.offers_made += 1
        # One whose time is over makes room, and is told of.
        self.offers_closed += self.offer is not None
        self.offer = Offered(
            offer_id=offer.offer_id,
            to_state=to_state,
            giver=giver,
            receiver=receiver,
            seq=self.seq,
            expires_at=self.now + timedelta(hours=72),
        )

    @rule(other=signers, is_right=st.integers(0, 3), is_label=st.integers(0, 3))
    def accept(self, other: str, is_right: int, is_label: int) -> None:
        offer = self.offer
        if offer is None:
            return
        by = offer.receiver if is_right else other
        scanned = self.code if is_label else PublicCode(self.bystander)
        self.takes(offer, by=by, scanned=scanned)

    def takes(self, offer: Offered, *, by: str, scanned: PublicCode) -> None:
        acceptance = ToldAcceptance(
            event_id=uuid.uuid4(), code=scanned, occurred_at=self.now, evidence=PROOF
        )
        taken = self.does(
            lambda session: offers.accept(
                session,
                offer_id=offer.offer_id,
                told=acceptance,
                caller=self.caller(by),
                now=self.now,
            )
        )
        is_right = by == offer.receiver and scanned == self.code
        assert (taken is not None) is (is_right and self.now < offer.expires_at)
        if taken is not None:
            self.moved(offer.to_state, offer.giver, offer.receiver)

    @rule(by=signers, how=st.sampled_from([decline, withdraw]))
    def settle(self, by: str, how: Any) -> None:
        offer = self.offer
        if offer is None:
            return
        done = self.does(
            lambda session: how(
                session, offer_id=offer.offer_id, caller=self.caller(by), now=self.now
            )
        )
        if done is not None:
            assert by == (offer.receiver if how == decline else offer.giver)
            self.offer, self.offers_closed = None, self.offers_closed + 1
