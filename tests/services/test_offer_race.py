"""Two people of the receiver accept one offer at the same instant: one wins."""

import threading
import uuid

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Caller
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.roles import OrganisationKind, Role
from battery_registry.services import offering, offers
from battery_registry.services.custody import ToldHandOver, hand_over
from battery_registry.services.offering import ToldOffer
from battery_registry.services.offers import ToldAcceptance
from battery_registry.store.tables.cases import custody_event
from tests.builders import NOW, ORGANISATIONS, Registry, make_red_body
from tests.played import Play

TIMES = 200


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


def make_caller(registry: Registry, code: str, role: Role) -> Caller:
    return Caller(
        organisation_id=registry.organisations[code],
        organisation_code=code,
        organisation_kind=OrganisationKind(ORGANISATIONS[code]),
        role=role,
    )


def on_offer(play: Play, code: PublicCode) -> uuid.UUID:
    """Isolate a red pack and offer it to the collector."""
    told = ToldHandOver(
        event_id=uuid.uuid4(),
        to_state=State.ISOLATED,
        occurred_at=NOW,
        giver="resident",
        receiver="xicheng-checks",
        evidence={},
    )
    offer = ToldOffer(
        offer_id=uuid.uuid4(),
        to_state=State.COLLECTED,
        receiver="city-collect",
        evidence={},
    )
    station = make_caller(play.registry, "xicheng-checks", Role.INSPECTOR)
    with play.registry.runtime.database.writing() as session:
        hand_over(session, public_code=code, hand_over=told, caller=station, now=NOW)
        offering.make(session, public_code=code, told=offer, caller=station, now=NOW)
    return offer.offer_id


def race(play: Play, code: PublicCode, offer_id: uuid.UUID) -> list[str]:
    """Let two people accept at once; what each is told, in order of the words."""
    start, told = threading.Barrier(2), []
    collector = make_caller(play.registry, "city-collect", Role.COLLECTOR)

    def accept() -> None:
        acceptance = ToldAcceptance(
            event_id=uuid.uuid4(), code=code, occurred_at=NOW, evidence={}
        )
        start.wait()
        try:
            play.registry.runtime.database.run(
                lambda session: offers.accept(
                    session,
                    offer_id=offer_id,
                    told=acceptance,
                    caller=collector,
                    now=NOW,
                )
            )
            told.append("accepted")
        except RegistryError as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_of_two_that_accept_at_once_one_wins_two_hundred_times(play: Play) -> None:
    receipts = play.hand_in(*(make_red_body() for _ in range(TIMES)))
    packs = [codes.parse(receipt["battery"]["code"]) for receipt in receipts]
    outcomes = [race(play, code, on_offer(play, code)) for code in packs]
    assert outcomes == [["accepted", "offer_closed"]] * TIMES
    with play.registry.runtime.database.reading() as session:
        taken = session.scalar(
            select(func.count())
            .select_from(custody_event)
            .where(custody_event.c.to_state == "collected")
        )
    assert taken == TIMES
