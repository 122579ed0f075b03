"""``demo --check``: the whole path once, on a server of its own, without a browser."""

import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from battery_registry.cli.demo import checked, enrol, fill, packs, server, stations
from battery_registry.cli.demo.checked import Journey, require
from battery_registry.cli.demo.listing import count_by
from battery_registry.cli.demo.paths import DAYS_AFTER, WHOLE_WAY
from battery_registry.cli.demo.paths import Path as Way
from battery_registry.cli.demo.walk import Step, chain_for, step, tell
from battery_registry.context import Runtime
from battery_registry.domain.city_time import city_date
from battery_registry.domain.custody import State, lawful_next

_PACKS: Final = 24
# Long enough ago for every hand-over of the way to lie in the past.
_OLD_ENOUGH: Final = Way(steps=(), days_ago=(25, 60))
_CAPACITY_TOLERANCE: Final = 0.01


def check(environ: Mapping[str, str], *, seed: int) -> dict[str, Any]:
    """Walk the whole path; tell every answer, and the step that failed, if one did.

    Args:
        environ: The process's own; a database set there must be empty.
        seed: What the packs are.
    """
    told: dict[str, Any] = {"ok": False, "steps": []}
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="battery-registry-check-") as folder:
        told["failed_step"] = "serve"
        try:
            _walk_all(environ, Path(folder), seed=seed, told=told)
        except Exception as error:  # whatever went wrong, the one object says where
            told["reason"] = f"{type(error).__name__}: {error}"
        else:
            del told["failed_step"]
            told["ok"] = True
    told["seconds"] = round(time.monotonic() - started, 1)
    return told


def _walk_all(
    environ: Mapping[str, str], data: Path, *, seed: int, told: dict[str, Any]
) -> None:
    port = server.free_port()
    own = fill.environment(
        environ, data=data, port=port, base_url=f"http://127.0.0.1:{port}"
    )
    with fill.opened(own) as registry:
        fill.refuse_filled(registry)
        with (
            server.running(
                own, port=port, log=data / "server.log", stays=False
            ) as running,
            httpx.Client(base_url=running.url, timeout=30) as client,
        ):
            journey = _plan(registry, client, data=data, seed=seed, told=told)
            for name, walk_step in STEPS.items():
                told["failed_step"] = name
                walk_step(journey)
                told["steps"].append(name)


def _plan(
    registry: Runtime,
    client: httpx.Client,
    *,
    data: Path,
    seed: int,
    told: dict[str, Any],
) -> Journey:
    planned = packs.plan(
        count=_PACKS,
        seed=seed,
        today=city_date(registry.clock()),
        paths=(_OLD_ENOUGH,),
    )
    red = next(pack for pack in planned if pack.path is not None)
    return Journey(
        registry=registry,
        client=client,
        data=data,
        seed=seed,
        planned=planned,
        red=red,
        chain=chain_for(red.station, turn=0),
        told=told,
    )


def _enrol(journey: Journey) -> None:
    journey.access = enrol.enrol(journey.registry)
    url = str(journey.client.base_url)
    stations.set_up(journey.data, journey.access, url=url)


def _measure(journey: Journey) -> None:
    stations.measure(journey.data, journey.planned, seed=journey.seed)


def _read(journey: Journey) -> None:
    """Read the red pack's frames; what they say is what the pack delivers."""
    told = stations.read(journey.bench, journey.red)
    found, real = told["reading"]["discharge_capacity_ah"], journey.red.draft
    journey.told["read"] = {"discharge_capacity_ah": found}
    is_near = abs(found - real.capacity_ah) <= _CAPACITY_TOLERANCE * real.capacity_ah
    require(is_near, f"{found} Ah read of {real.capacity_ah} Ah")


def _send(journey: Journey) -> None:
    """Send every reading; the verdicts are those that the packs were made for."""
    journey.receipts = stations.send(journey.data, journey.planned)
    counts = count_by(journey.receipts.values(), "verdict")
    journey.told["counts"] = counts
    for pack in journey.planned:
        found = journey.receipts[pack.name]["verdict"]
        require(found == pack.verdict, f"{pack.name} {found}, not {pack.verdict}")
    receipt = journey.receipts[journey.red.name]
    journey.told["red_pack"] = {"code": receipt["code"], "url": receipt["url"]}


def _send_again(journey: Journey) -> None:
    """Send one again from a queue that forgot it: same receipt, nothing new."""
    before = checked.ledger(journey)
    again = stations.send_again(journey.bench, journey.red)
    require(again == journey.receipts[journey.red.name], f"another receipt: {again}")
    require(checked.ledger(journey) == before, "the same reading was written twice")


def _open_page(journey: Journey) -> None:
    checked.page(journey, status=200, words={"zh": "红码", "en": "Red"})


def _find_on_red_list(journey: Journey) -> None:
    require(checked.is_on_red_list(journey), "not on the regulator's red list")


def _refuse_sale(journey: Journey) -> None:
    journey.told["resale_before_end"] = checked.refused_sale(journey, "case_open")


def _refuse_leap(journey: Journey) -> None:
    """Tell of a destruction at once; it is refused with what may follow."""
    leap = step(State.DESTROYED, of=journey.chain)
    answer = _tell(journey, leap, days=1.0)
    told = answer.json()
    journey.told["refused_step"] = told
    require(answer.status_code == httpx.codes.CONFLICT, f"answered {told}")
    lawful = [state.value for state in lawful_next(State.FLAGGED)]
    require(told["lawful_next"] == lawful, f"lawful next steps are {lawful}")


def _hand_over(journey: Journey) -> None:
    """Walk the whole way; each answer and at last the chain say where it stands."""
    states = [checked.chain(journey)["state"]]
    journey.told["case_states"] = states
    for state in WHOLE_WAY:
        told = step(state, of=journey.chain)
        answer = _tell(journey, told, days=DAYS_AFTER[state])
        require(answer.is_success, f"to {state}: {answer.text}")
        states.append(answer.json()["case"]["state"])
        if state is not State.DESTROYED:
            checked.refused_sale(journey, "case_open")
    kept = [event["to_state"] for event in checked.chain(journey)["events"]]
    require(kept == states, f"the chain has {kept}")
    journey.told["case"] = states[-1]
    require(states[-1] == State.DESTROYED, f"it ended {states[-1]}")


def _stay_destroyed(journey: Journey) -> None:
    """A destroyed pack is never sold, and whoever scans its label is told."""
    journey.told["resale_after_end"] = checked.refused_sale(journey, "destroyed")
    checked.page(journey, status=410, words={"zh": "已销毁", "en": "Destroyed"})
    require(not checked.is_on_red_list(journey), "still on the red list")
    ended = {"state": State.DESTROYED.value}
    require(checked.is_on_red_list(journey, **ended), "lost from the red list")


def _count_ledger(journey: Journey) -> None:
    tallies = checked.ledger(journey)
    journey.told["ledger"] = tallies
    for kind, tally in tallies.items():
        require(tally["happened"] == tally["leaves"] > 0, f"{kind}: {tally}")


def _tell(journey: Journey, told: Step, *, days: float) -> httpx.Response:
    return tell(
        journey.client,
        journey.access,
        code=journey.code,
        told=told,
        occurred_at=journey.red.tested_at + timedelta(days=days),
    )


STEPS: Final[Mapping[str, Callable[[Journey], None]]] = {
    "enrol": _enrol,
    "measure": _measure,
    "read": _read,
    "send": _send,
    "send_again": _send_again,
    "public_page": _open_page,
    "red_list": _find_on_red_list,
    "resale_refused": _refuse_sale,
    "unlawful_step_refused": _refuse_leap,
    "hand_overs": _hand_over,
    "destroyed_for_good": _stay_destroyed,
    "ledger": _count_ledger,
}
