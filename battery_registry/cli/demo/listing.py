"""What the demo tells: keys, sign-ins and packs as they stand now."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from battery_registry.cli.demo.record import Record
from battery_registry.context import Runtime
from battery_registry.domain import code as codes
from battery_registry.queries import batteries


def as_json(registry: Runtime, record: Record) -> dict[str, Any]:
    """Tell everything, for programs."""
    return {
        "base_url": registry.settings.base_url,
        "seed": record.seed,
        **asdict(record.access),
        "packs": packs(registry, record),
    }


def packs(registry: Runtime, record: Record) -> list[dict[str, Any]]:
    """Tell every pack with its code in force and where its case stands."""
    base_url = registry.settings.base_url
    told = []
    with registry.database.reading() as session:
        for pack in record.packs:
            code = codes.parse(pack.code)
            found = batteries.find_public(session, code=code, now=registry.clock())
            battery = found.battery if found else None
            state = battery.case_state if battery else None
            told.append(
                {
                    "code": pack.code,
                    "url": codes.url(base_url, code=code),
                    "verdict": battery.code.value if battery else None,
                    "case_state": state.value if state else None,
                }
            )
    return told


def lines(told: dict[str, Any]) -> list[str]:
    """Tell the addresses, the sign-ins and the figures, for people."""
    base_url = told["base_url"]
    counts = count_by(told["packs"], "verdict")
    states = count_by(told["packs"], "case_state")
    red = next((p["url"] for p in told["packs"] if p["case_state"] == "flagged"), None)
    width = max(len(person["sign_in"]) for person in told["people"])
    return [
        f"{len(told['packs'])} packs: {_spell(counts)}",
        f"red cases: {_spell(states)}",
        "",
        f"start        {base_url}/",
        f"sign in      {base_url}/sign-in",
        f"API          {base_url}/docs",
        *([f"a red pack   {red}"] if red else []),
        "",
        *(
            f"{person['sign_in']:{width}}  {person['role']:9}  {person['password']}"
            for person in told["people"]
        ),
    ]


def count_by(packs: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
    """Count the packs by one of their values, the unset ones not."""
    counts: dict[str, int] = {}
    for pack in packs:
        if pack[name] is not None:
            counts[pack[name]] = counts.get(pack[name], 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _spell(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items()) or "none"
