"""The plan of the simulated packs: what they are, and what will be found.

The same seed and number give the same packs; only the days move with today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from battery_registry.cli.demo import city
from battery_registry.cli.demo.city import StationPlan
from battery_registry.cli.demo.defects import BY_VERDICT, Draft, Model
from battery_registry.cli.demo.paths import ALL_PATHS, Path
from battery_registry.domain.city_time import CITY_ZONE

# Shares of all packs; the rest is green.
SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "red": 0.045,
        "yellow": 0.14,
        "incomplete": 0.03,
        "void": 0.03,
        "not_covered": 0.02,
    }
)
_DAYS: Final = 175
_PACKS_PER_STATION: Final = 12
_MODELS: Final = (
    Model(
        maker="Northlake",
        model="NL48-20",
        prefix="NLK1A48B",
        chemistry="ternary",
        nominal_v=48.0,
        rated_ah=20.0,
        series=13,
        charge_limit_v=54.6,
        cutoff_v=39.0,
        resistance_mohm=95.0,
    ),
    Model(
        maker="Northlake",
        model="NL36-10",
        prefix="NLK1A36A",
        chemistry="ternary",
        nominal_v=36.0,
        rated_ah=10.0,
        series=10,
        charge_limit_v=42.0,
        cutoff_v=30.0,
        resistance_mohm=110.0,
    ),
    Model(
        maker="Redpine",
        model="RP48-24F",
        prefix="RDP8F48C",
        chemistry="lfp",
        nominal_v=48.0,
        rated_ah=24.0,
        series=15,
        charge_limit_v=54.75,
        cutoff_v=40.5,
        resistance_mohm=70.0,
    ),
    Model(
        maker="Whitecrane",
        model="WC48-12",
        prefix="WTC2M48A",
        chemistry="lmo",
        nominal_v=48.0,
        rated_ah=12.0,
        series=13,
        charge_limit_v=54.6,
        cutoff_v=39.0,
        resistance_mohm=130.0,
    ),
)
_GOOD: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "unit_kind": "pack",
        "maker_label_present": True,
        "purchase_proof_present": True,
        "ccc_mark_present": True,
        "second_life": False,
        "housing_broken_exposed": False,
        "leakage": False,
        "deformation": "none",
        "burn_marks": False,
        "port_damaged": False,
        "mount_mismatch": False,
        "soc_source": "after_full_charge",
    }
)
_OWNERS: Final = ("resident", "resident", "resident", "courier", "rental", "shop")


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One pack of the plan.

    Args:
        name: Names its files.
        verdict: What the registry is expected to say.
        station: Where it is tested.
        tested_at: When, in the city's time.
        draft: What it is.
        checklist: What the inspector notes.
        path: What becomes of a red one.
    """

    name: str
    verdict: str
    station: str
    tested_at: datetime
    draft: Draft
    checklist: Mapping[str, Any]
    path: Path | None

    def as_line(self) -> dict[str, Any]:
        """Spell it as ``battery-station simulate`` reads it."""
        return {
            "name": self.name,
            "rated_ah": self.draft.model.rated_ah,
            "capacity_ah": self.draft.capacity_ah,
            "series": self.draft.model.series,
            "resistance_mohm": self.draft.resistance_mohm,
            "charge_limit_v": self.draft.model.charge_limit_v,
            "cutoff_v": self.draft.model.cutoff_v,
            "checklist": dict(self.checklist),
        }


def plan(
    *, count: int, seed: int, today: date, paths: tuple[Path, ...] = ALL_PATHS
) -> tuple[Planned, ...]:
    """Plan the packs.

    Args:
        count: How many, at least 1.
        seed: What else they are.
        today: The city's day; every test lies before it.
        paths: What becomes of the red ones, in turn.
    """
    # A few packs are not worth the opening of eight stations.
    places = city.STATIONS[: max(2, count // _PACKS_PER_STATION)]
    chance = Random(f"packs {seed}")  # noqa: S311 - a simulation, nothing secret
    verdicts = [v for verdict, n in quotas(count).items() for v in [verdict] * n]
    numbers = {verdict: _turns() for verdict in BY_VERDICT}
    planned = []
    order = list(range(1, count + 1))
    chance.shuffle(order)
    for number, verdict in zip(order, verdicts, strict=True):
        turn = next(numbers[verdict])
        path = paths[turn % len(paths)] if verdict == "red" else None
        planned.append(_pack(number, verdict, turn, path, chance, seed, today, places))
    return tuple(sorted(planned, key=lambda pack: pack.name))


def quotas(count: int) -> dict[str, int]:
    """Divide a number of packs among the verdicts, one at least of each.

    Fewer packs than verdicts are given in order, the red one first.
    """
    wanted = {v: max(1, round(share * count)) for v, share in SHARES.items()}
    left, given = count, {}
    for verdict, number in wanted.items():
        given[verdict] = min(left, number)
        left -= given[verdict]
    return {**given, "green": left}


def _turns() -> Iterator[int]:
    turn = 0
    while True:
        yield turn
        turn += 1


def _pack(
    number: int,
    verdict: str,
    turn: int,
    path: Path | None,
    chance: Random,
    seed: int,
    today: date,
    places: Sequence[StationPlan],
) -> Planned:
    model = chance.choice(_MODELS)
    draft = Draft(
        model=model,
        capacity_ah=round(model.rated_ah * chance.uniform(0.89, 0.98), 2),
        resistance_mohm=round(model.resistance_mohm * chance.uniform(1.0, 1.3), 1),
    )
    defects = BY_VERDICT[verdict]
    draft = defects[turn % len(defects)](draft, chance)
    station = chance.choice(places).code
    youngest, oldest = path.days_ago if path else (1, _DAYS)
    day = today - timedelta(days=chance.randint(youngest, oldest))
    at = time(chance.randint(9, 17), chance.randrange(60), tzinfo=CITY_ZONE)
    tested_at = datetime.combine(day, at)
    return Planned(
        name=f"P-{seed}-{number:05d}",
        verdict=verdict,
        station=draft.station or station,
        tested_at=tested_at,
        draft=draft,
        checklist=_checklist(draft, number, chance, seed, tested_at),
        path=path,
    )


def _checklist(
    draft: Draft, number: int, chance: Random, seed: int, tested_at: datetime
) -> dict[str, Any]:
    made_on = tested_at.date() - timedelta(days=chance.randint(200, 2000))
    ambient_c = round(chance.uniform(17, 29), 1)
    serial = f"{made_on:%y%m}{seed % 10_000:04d}{number:05d}"
    owner = chance.choice(_OWNERS)
    return {
        **_GOOD,
        **_identity(draft.model, serial, by_standard=number % 2 == 0),
        # Made once at the test, so that a lost queue's readings are known again.
        "inspection_id": str(UUID(int=chance.getrandbits(128), version=4)),
        "tested_at": tested_at.isoformat(),
        "label_nominal_voltage_v": draft.model.nominal_v,
        "label_rated_capacity_ah": draft.model.rated_ah,
        "label_charge_limit_voltage_v": draft.model.charge_limit_v,
        "label_cutoff_voltage_v": draft.model.cutoff_v,
        "production_date": made_on.isoformat(),
        "cell_count_series": draft.model.series,
        "ambient_temp_c": ambient_c,
        "battery_surface_temp_c": round(ambient_c + chance.uniform(0.5, 4), 1),
        "owner_kind": owner,
        "plate": f"DEMO{seed % 10_000:04d}{number:05d}",
        **({"owner_name": f"居民{number:05d}"} if owner == "resident" else {}),
        **draft.notes,
    }


def _identity(model: Model, serial: str, *, by_standard: bool) -> dict[str, Any]:
    """Spell its code: by GB/T 45565 or as the maker's own serial number."""
    return {
        "pack_code_scheme": "gbt45565" if by_standard else "maker",
        "pack_code": f"{model.prefix}-{serial}",
        "maker": model.maker,
        "model": model.model,
        "chemistry": model.chemistry,
    }
