"""What ``demo --check`` asks the running server on its way, and insists on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from battery_registry.cli.demo import stations
from battery_registry.cli.demo.packs import Planned
from battery_registry.cli.demo.record import Access
from battery_registry.cli.demo.stations import Bench
from battery_registry.cli.demo.walk import Chain
from battery_registry.cli.failure import FailedError
from battery_registry.context import Runtime
from battery_registry.queries import ledger_counts

_NOBODY = Access(stations=(), organisations=(), people=())
_REGULATOR = "city-supervision"


@dataclass(kw_only=True, slots=True)
class Journey:
    """One walk of the whole path, and what it has found so far.

    Args:
        registry: The database, for enrolment and for counting.
        client: Asks the running server.
        data: The folder of this walk.
        seed: What the packs are.
        planned: The packs.
        red: The red one that is followed to its destruction.
        chain: Who handles it.
        told: What will be printed.
        access: Keys, once everybody is enrolled.
        receipts: By pack, once they are sent.
    """

    registry: Runtime
    client: httpx.Client
    data: Path
    seed: int
    planned: Sequence[Planned]
    red: Planned
    chain: Chain
    told: dict[str, Any]
    access: Access = _NOBODY
    receipts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def bench(self) -> Bench:
        """The station that tested the red pack."""
        return stations.bench(self.data, self.red.station)

    @property
    def code(self) -> str:
        """The code on the red pack's label."""
        return str(self.receipts[self.red.name]["code"])


def require(holds: bool, otherwise: str) -> None:
    """Insist on something.

    Raises:
        FailedError: It does not hold.
    """
    if not holds:
        raise FailedError(otherwise)


def ledger(journey: Journey) -> dict[str, dict[str, int]]:
    """Count what happened and its leaves, by kind."""
    with journey.registry.database.reading() as session:
        tallies = ledger_counts.count(session)
    return {
        tally.kind.value: {"happened": tally.happened, "leaves": tally.leaves}
        for tally in tallies
    }


def page(journey: Journey, *, status: int, words: Mapping[str, str]) -> None:
    """Open the page behind the red pack's QR code, without an account.

    Raises:
        FailedError: It is not served, lacks the word, or shows personal data.
    """
    url = str(journey.receipts[journey.red.name]["url"])
    for language, word in words.items():
        headers = {"Accept": "text/html", "Accept-Language": language}
        answer = httpx.get(url, headers=headers, timeout=30)
        require(answer.status_code == status, f"{url}: {answer.status_code}")
        is_there = word in answer.text and f'lang="{language}' in answer.text
        require(is_there, f"{url} in {language} does not say {word}")
        for name in ("plate", "owner_name", "pack_code"):
            private = journey.red.checklist.get(name)
            require(not private or private not in answer.text, f"it shows the {name}")


def refused_sale(journey: Journey, reason: str) -> dict[str, Any]:
    """Ask whether the red pack may be sold, as any buyer may.

    Raises:
        FailedError: It may, or the reason is not among those given.
    """
    answer = journey.client.get(f"/api/v1/resale/{journey.code}")
    told: dict[str, Any] = answer.json()
    require(told["answer"] == "blocked" and not told["sellable"], f"sold: {told}")
    reasons = [one["code"] for one in told["reasons"]]
    require(reason in reasons, f"blocked for {reasons}, not {reason}")
    return told


def is_on_red_list(journey: Journey, **filters: str) -> bool:
    """Ask the regulator's red list for the red pack."""
    answer = journey.client.get(
        "/api/v1/red-list", params=filters, headers=_headers(journey, _REGULATOR)
    )
    require(answer.is_success, f"red list: {answer.text}")
    return journey.code in [item["code"] for item in answer.json()["items"]]


def chain(journey: Journey) -> dict[str, Any]:
    """Read the red pack's chain of custody."""
    answer = journey.client.get(
        f"/api/v1/custody/{journey.code}", headers=_headers(journey, _REGULATOR)
    )
    require(answer.is_success, f"chain: {answer.text}")
    told: dict[str, Any] = answer.json()
    return told


def _headers(journey: Journey, code: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {journey.access.key_of(code)}"}
