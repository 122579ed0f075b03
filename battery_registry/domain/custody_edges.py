"""The states of a red case and the lawful steps between them: one table.

A step that is not here cannot be taken. Business steps and dispositions are
terms of GS1's Core Business Vocabulary 2.0 (without their URI prefixes
``BizStep-`` and ``Disp-``). ``cleared`` is reached by no hand-over: only an
independent retest or an upheld appeal ends a red without destruction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from battery_registry.domain.roles import OrganisationKind, Role


class State(StrEnum):
    """Where a red battery is on its way."""

    FLAGGED = "flagged"
    ISOLATED = "isolated"
    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    DISMANTLED = "dismantled"
    DESTROYED = "destroyed"
    MISSING = "missing"
    MISMATCH = "mismatch"
    CLEARED = "cleared"


class PartyKind(StrEnum):
    """Who can hold a battery."""

    ORGANISATION = "organisation"
    RESIDENT = "resident"


class Signer(StrEnum):
    """Whose people may sign a step; acceptance is by whoever takes over.

    What nobody takes over, the holder tells: a stranger's word cannot take a
    battery from who answers for it. A resident signs for nothing, so the
    organisation that meets them does.
    """

    RECEIVER = "receiver"
    HOLDER = "holder"


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """One lawful step.

    Args:
        roles: Which roles may sign it.
        givers: Kinds of organisation that may give.
        receivers: Kinds of organisation that may receive.
        biz_step: EPCIS business step of the event.
        disposition: EPCIS disposition after it.
        action: EPCIS action of the event.
        giver_may_differ: The giver may be another than the holder, as long as
            one of the two is a resident: they sign for nothing, so the pack
            may have changed hands unseen.
        signer: Whose people sign.
        holder_stays: The giver still answers for the battery afterwards.
        needs: Evidence without which the step is not proven.
        is_weighed: The step is not proven without ``mass_kg``, either.
    """

    roles: frozenset[Role]
    givers: frozenset[OrganisationKind]
    receivers: frozenset[OrganisationKind]
    biz_step: str
    disposition: str
    action: str = "OBSERVE"
    giver_may_differ: bool = False
    signer: Signer = Signer.RECEIVER
    holder_stays: bool = False
    needs: tuple[str, ...] = ()
    is_weighed: bool = False


_STATION = frozenset({OrganisationKind.STATION_OPERATOR})
_COLLECTOR = frozenset({OrganisationKind.COLLECTOR})
_ON_THE_ROAD = frozenset({OrganisationKind.COLLECTOR, OrganisationKind.CARRIER})
_RECYCLER = frozenset({OrganisationKind.RECYCLER})
_CHAIN = _STATION | _ON_THE_ROAD | _RECYCLER
_ANY_HAND = frozenset({Role.INSPECTOR, Role.COLLECTOR, Role.RECYCLER})

_MISSING = Edge(
    roles=_ANY_HAND,
    givers=_CHAIN,
    receivers=_CHAIN,
    biz_step="stock_taking",
    disposition="unknown",
    signer=Signer.HOLDER,
    holder_stays=True,
)


_COLLECTING_FROM_STORE = Edge(
    roles=frozenset({Role.COLLECTOR}),
    givers=_CHAIN,
    receivers=_COLLECTOR,
    biz_step="collecting",
    disposition="disposed",
)
_COLLECTING_AT_ONCE = replace(
    _COLLECTING_FROM_STORE, givers=_STATION, giver_may_differ=True
)
_ISOLATING = Edge(
    roles=frozenset({Role.INSPECTOR}),
    givers=_STATION,
    receivers=_STATION,
    biz_step="holding",
    disposition="non_sellable_other",
    giver_may_differ=True,
)
_FOUND = replace(
    _ISOLATING,
    roles=_ANY_HAND,
    givers=_CHAIN,
    receivers=_CHAIN,
    signer=Signer.HOLDER,
)


def _at_recycler(
    biz_step: str,
    disposition: str,
    *,
    givers: frozenset[OrganisationKind] = _RECYCLER,
    action: str = "OBSERVE",
    holder_stays: bool = False,
    needs: tuple[str, ...] = (),
) -> Edge:
    return Edge(
        roles=frozenset({Role.RECYCLER}),
        givers=givers,
        receivers=_RECYCLER,
        biz_step=biz_step,
        disposition=disposition,
        action=action,
        holder_stays=holder_stays,
        needs=needs,
    )


_RECEIVING = replace(
    _at_recycler("receiving", "disposed", givers=_CHAIN), is_weighed=True
)
_DESTROYING = _at_recycler(
    "destroying", "destroyed", action="DELETE", needs=("certificate_number",)
)

EDGES: Final[Mapping[tuple[State, State], Edge]] = MappingProxyType(
    {
        (State.FLAGGED, State.ISOLATED): _ISOLATING,
        (State.FLAGGED, State.COLLECTED): _COLLECTING_AT_ONCE,
        (State.FLAGGED, State.MISSING): _MISSING,
        (State.ISOLATED, State.COLLECTED): _COLLECTING_FROM_STORE,
        (State.ISOLATED, State.RECEIVED): _RECEIVING,
        (State.ISOLATED, State.MISSING): _MISSING,
        (State.COLLECTED, State.IN_TRANSIT): Edge(
            roles=frozenset({Role.COLLECTOR}),
            givers=_COLLECTOR,
            receivers=_ON_THE_ROAD,
            biz_step="departing",
            disposition="in_transit",
        ),
        (State.COLLECTED, State.RECEIVED): _RECEIVING,
        (State.COLLECTED, State.MISSING): _MISSING,
        (State.IN_TRANSIT, State.RECEIVED): _RECEIVING,
        (State.IN_TRANSIT, State.MISMATCH): _at_recycler(
            "receiving",
            "mismatch_instance",
            givers=_ON_THE_ROAD,
            holder_stays=True,
            needs=("note",),
        ),
        (State.IN_TRANSIT, State.MISSING): _MISSING,
        (State.MISMATCH, State.RECEIVED): _RECEIVING,
        (State.MISMATCH, State.MISSING): _MISSING,
        (State.RECEIVED, State.DISMANTLED): _at_recycler(
            "disassembling", "in_progress"
        ),
        (State.RECEIVED, State.DESTROYED): _DESTROYING,
        (State.RECEIVED, State.MISSING): _MISSING,
        (State.DISMANTLED, State.DESTROYED): _DESTROYING,
        (State.DISMANTLED, State.MISSING): _MISSING,
        (State.MISSING, State.ISOLATED): _FOUND,
    }
)

Deadlines = Mapping[State, int]

# Days a battery may stay in a state before its next step; the project's own
# proposal, since no rule in force names any for e-bike packs.
DEFAULT_DEADLINES: Final[Deadlines] = MappingProxyType(
    {
        State.FLAGGED: 1,
        State.ISOLATED: 7,
        State.COLLECTED: 7,
        State.IN_TRANSIT: 3,
        State.RECEIVED: 30,
        State.DISMANTLED: 30,
        State.MISSING: 7,
        State.MISMATCH: 3,
    }
)

_TERMINAL = frozenset({State.DESTROYED, State.CLEARED})


def lawful_next(state: State) -> tuple[State, ...]:
    """List the states a hand-over may lead to from here, in the table's order."""
    return tuple(target for source, target in EDGES if source is state)


def is_terminal(state: State) -> bool:
    """Tell whether nothing may follow."""
    return state in _TERMINAL


def is_open(state: State) -> bool:
    """Tell whether the case still holds the battery back from sale."""
    return state not in _TERMINAL
