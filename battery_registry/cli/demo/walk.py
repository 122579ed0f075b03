"""The hand-overs of red packs, each told over HTTP with its signer's own key."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import httpx

from battery_registry.cli.demo import city
from battery_registry.cli.demo.packs import Planned
from battery_registry.cli.demo.paths import DAYS_AFTER
from battery_registry.cli.demo.record import Access
from battery_registry.cli.failure import FailedError
from battery_registry.domain.custody import State
from battery_registry.domain.roles import OrganisationKind

_RESIDENT: Final = "resident"
_EVIDENCE: Final[Mapping[State, Mapping[str, object]]] = MappingProxyType(
    {
        State.ISOLATED: {"container": "sand bin", "mass_kg": 4.6},
        State.COLLECTED: {"mass_kg": 4.6},
        State.RECEIVED: {"mass_kg": 4.6},
        State.MISMATCH: {"note": "another serial number than in the papers"},
        State.MISSING: {"note": "not found when the store was counted"},
        State.DESTROYED: {
            "kg_housing": 1.1,
            "kg_copper_aluminium": 0.9,
            "kg_black_mass": 2.5,
            "kg_loss": 0.1,
        },
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """Who handles one pack on its way, by their codes."""

    station: str
    operator: str
    collector: str
    carrier: str
    recycler: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One hand-over: the state after it, both parties, and whose keys sign.

    ``offerer`` is empty where one side tells it alone.
    """

    to_state: State
    giver: str
    receiver: str
    signer: str
    offerer: str = ""


def chain_for(station: str, *, turn: int) -> Chain:
    """Choose who handles a pack; the organisations of a kind take turns."""

    def one_of(kind: OrganisationKind) -> str:
        codes = [plan.code for plan in city.ORGANISATIONS if plan.kind is kind]
        return codes[turn % len(codes)]

    operator = next(p.operator for p in city.STATIONS if p.code == station)
    return Chain(
        station=station,
        operator=operator,
        collector=one_of(OrganisationKind.COLLECTOR),
        carrier=one_of(OrganisationKind.CARRIER),
        recycler=one_of(OrganisationKind.RECYCLER),
    )


def step(state: State, *, of: Chain) -> Step:
    """Name the parties of the step into a state."""
    giver, receiver, signer = {
        State.ISOLATED: (_RESIDENT, of.operator, of.station),
        State.COLLECTED: (of.operator, of.collector, of.collector),
        State.IN_TRANSIT: (of.collector, of.carrier, of.carrier),
        State.RECEIVED: (of.carrier, of.recycler, of.recycler),
        State.MISMATCH: (of.carrier, of.recycler, of.recycler),
        State.MISSING: (of.collector, of.collector, of.collector),
        State.DISMANTLED: (of.recycler, of.recycler, of.recycler),
        State.DESTROYED: (of.recycler, of.recycler, of.recycler),
    }[state]
    offerer = {
        State.COLLECTED: of.station,
        State.IN_TRANSIT: of.collector,
        State.RECEIVED: of.carrier,
    }.get(state, "")
    return Step(
        to_state=state,
        giver=giver,
        receiver=receiver,
        signer=signer,
        offerer=offerer,
    )


def tell(
    client: httpx.Client,
    access: Access,
    *,
    code: str,
    told: Step,
    occurred_at: datetime,
) -> httpx.Response:
    """Tell the registry of a hand-over, by both sides if need be.

    Returns:
        Whatever it answers to the last of what is told.
    """
    evidence = dict(_EVIDENCE.get(told.to_state, {}))
    if told.to_state is State.DESTROYED:
        evidence["certificate_number"] = f"DEMO-{code}"
    common = {
        "event_id": str(uuid.uuid4()),
        "occurred_at": occurred_at.isoformat(),
        "evidence": evidence,
    }
    if not told.offerer:
        parties = {"giver": told.giver, "receiver": told.receiver}
        return client.post(
            f"/api/v1/custody/{code}/events",
            headers=_signed(access, told.signer),
            json={**common, **parties, "to_state": told.to_state.value},
        )
    offered = client.post(
        f"/api/v1/custody/{code}/offers",
        headers=_signed(access, told.offerer),
        json={
            "offer_id": str(uuid.uuid4()),
            "to_state": told.to_state.value,
            "receiver": told.receiver,
        },
    )
    if not offered.is_success:
        return offered
    return client.post(
        f"/api/v1/offers/{offered.json()['offer_id']}/accept",
        headers=_signed(access, told.signer),
        json={**common, "code": code},
    )


def _signed(access: Access, code: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access.key_of(code)}"}


def walk(
    client: httpx.Client,
    access: Access,
    packs: Sequence[Planned],
    receipts: Mapping[str, Mapping[str, Any]],
) -> None:
    """Take every red pack as far as its plan says.

    Raises:
        FailedError: The registry refused a step.
    """
    red = [pack for pack in packs if pack.path is not None]
    for turn, pack in enumerate(red):
        chain = chain_for(pack.station, turn=turn)
        for state in pack.path.steps if pack.path else ():
            answer = tell(
                client,
                access,
                code=receipts[pack.name]["code"],
                told=step(state, of=chain),
                occurred_at=pack.tested_at + timedelta(days=DAYS_AFTER[state]),
            )
            if not answer.is_success:
                raise FailedError(f"{pack.name} to {state}: {answer.text}")
