"""What the model of a red pack knows: lawful steps, who is who, what proves a step."""

import uuid
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from battery_registry.domain.roles import Role

LAWFUL = {
    "flagged": "isolated collected missing",
    "isolated": "collected received missing",
    "collected": "in_transit received missing",
    "in_transit": "received mismatch missing",
    "mismatch": "received missing",
    "received": "dismantled destroyed missing",
    "dismantled": "destroyed missing",
    "missing": "isolated",
    "destroyed": "",
    "cleared": "",
}
STAYS = {"missing", "mismatch"}
ROLES = {
    "xicheng-checks": Role.INSPECTOR,
    "haidian-checks": Role.INSPECTOR,
    "city-collect": Role.COLLECTOR,
    "safe-haul": Role.COLLECTOR,
    "greencell": Role.RECYCLER,
    "city-market": Role.REGULATOR,
    "wheel-shop": Role.DEALER,
}
PARTIES = ["resident", *ROLES]
# Who takes a battery over on its ordinary way.
NEXT = {
    "isolated": "xicheng-checks",
    "collected": "city-collect",
    "in_transit": "safe-haul",
    "received": "greencell",
    "dismantled": "greencell",
    "destroyed": "greencell",
}
PROOF: dict[str, object] = {
    "mass_kg": 4.0,
    "note": "as told",
    "certificate_number": "D-1",
    "kg_metals": 2.6,
    "kg_black_mass": 1.4,
}
parties = st.sampled_from(PARTIES)
signers = st.sampled_from(sorted(ROLES))
states = st.sampled_from(sorted(LAWFUL))


@dataclass
class Offered:
    """An offer as the model remembers it."""

    offer_id: uuid.UUID
    to_state: str
    giver: str
    receiver: str
    seq: int
    expires_at: Any
