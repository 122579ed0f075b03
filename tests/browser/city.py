"""A played city with one thing of each kind, for the pages to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from battery_registry import settings
from battery_registry.app import create_app
from battery_registry.context import EXTENSION, Runtime
from battery_registry.services import labels
from tests.api.manifests_played import collected, dispatched
from tests.api.test_appeals import send
from tests.builders import NOW, Registry, make_body, make_red_body, people_registry
from tests.played import Play, make_check
from tests.web.visits import Visitor

# Not far below the rule set's limits, so that the score alone makes it yellow.
_TIRED = {"internal_resistance_mohm": 430.0, "discharge_capacity_ah": 11.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """A filled database, and what stands in the braces of the pages' addresses."""

    registry: Registry
    places: Mapping[str, str]


def play_city(environ: Mapping[str, str]) -> City:
    """Play what a city sees in a month, on a migrated database."""
    app = create_app(settings.from_environment(environ), clock=lambda: NOW)
    runtime: Runtime = app.extensions[EXTENSION]
    registry = people_registry(runtime)
    play = Play(client=app.test_client(), registry=registry)
    with runtime.database.writing() as session:
        (blank,) = labels.make_blank(session, count=1, organisation_id=None, now=NOW)
    places = {
        "blank": str(blank),
        "nowhere": str(UUID(int=1)),
        **_packs(play),
        **_cases(play),
        **_chain(play),
    }
    places |= _counter(Visitor(app).sign_in("dealer"), places["yellow"])
    return City(registry=registry, places=places)


def _packs(play: Play) -> dict[str, str]:
    green, red, yellow = play.hand_in(
        make_body(), make_red_body(leakage=True), make_body(**_TIRED)
    )
    assert yellow["verdict"]["code"] == "yellow", yellow["verdict"]
    play.walk(red["battery"]["code"], until="isolated")
    checked = send(
        play, "/api/v1/stations/XC-01/reference-checks", "XC-01", **make_check()
    )
    assert checked.status_code == 201, checked.text
    return {
        "green": green["battery"]["code"],
        "green_inspection": green["inspection_id"],
        "red": red["battery"]["code"],
        "red_inspection": red["inspection_id"],
        "yellow": yellow["battery"]["code"],
    }


def _chain(play: Play) -> dict[str, str]:
    """A pack offered, one collected and ready to go, one at the recycler's."""
    offered, received = play.red(), play.red()
    play.walk(offered, until="isolated")
    assert play.offer(offered, "XC-01").status_code == 201
    collected(play, 1)
    play.walk(received, until="received")
    return {"offered": offered, "received": received}


def _counter(dealer: Visitor, code: str) -> dict[str, str]:
    """A check and a clearance at a dealer's counter."""
    checked = dealer.post("/check", form="/check", asked=code)
    taken = dealer.post("/clearances", form="/check", code=code, purpose="sale")
    return {
        "check": checked.location.rpartition("=")[2],
        "clearance": taken.location.rpartition("/")[2],
    }


def _cases(play: Play) -> dict[str, str]:
    destroyed = play.red()
    play.walk(destroyed, until="destroyed")
    play.get(f"/b/{destroyed}", key=None)
    told_of = {"kind": "found", "code": destroyed, "note": "Behind the bicycle shed."}
    assert play.client.post("/report", data=told_of).status_code == 303
    manifest = dispatched(play, collected(play, 2)).rpartition("/")[2]
    told = {"maker": "Volta", "model": "V48-20", "reason": "Cells of lot 7 swell."}
    recall = send(play, "/api/v1/recalls", "regulator", **told).get_json()
    fire = send(
        play,
        "/api/v1/fires",
        "regulator",
        occurred_at=(NOW - timedelta(minutes=30)).isoformat(),
        cause="battery_fault",
        certainty="confirmed",
        code=destroyed,
        district="110102",
    ).get_json()
    return {
        "destroyed": destroyed,
        "manifest": manifest,
        "recall": recall["recall_id"],
        "fire": fire["fire_id"],
    }
