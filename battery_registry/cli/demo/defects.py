"""What is wrong with the packs of the demo, each well beyond its rule's limit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from types import MappingProxyType
from typing import Any, Final

from battery_registry.cli.demo import city


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """What a maker sells.

    Args:
        maker: As on the label; made up.
        model: As on the label.
        prefix: What its serial numbers begin with.
        chemistry: As on the wire.
        nominal_v: Nominal voltage of the label.
        rated_ah: Rated capacity of the label.
        series: Cells in series.
        charge_limit_v: Where its charger ends.
        cutoff_v: Where its discharge ends.
        resistance_mohm: A new pack's, at 1 kHz.
    """

    maker: str
    model: str
    prefix: str
    chemistry: str
    nominal_v: float
    rated_ah: float
    series: int
    charge_limit_v: float
    cutoff_v: float
    resistance_mohm: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A pack before it has a name, a station and an inspector.

    Args:
        model: What its label says.
        capacity_ah: What it delivers.
        resistance_mohm: What it has.
        notes: Where the checklist differs from that of a good pack.
        has_resistance_test: Whether the tester's log is there.
        station: Where it must be tested, None for anywhere.
    """

    model: Model
    capacity_ah: float
    resistance_mohm: float
    notes: Mapping[str, Any] = field(default_factory=dict)
    has_resistance_test: bool = True
    station: str | None = None


Defect = Callable[[Draft, Random], Draft]


def noted(**notes: Any) -> Defect:
    """Make a defect that only the inspector's checklist shows."""
    return lambda draft, _chance: replace(draft, notes={**draft.notes, **notes})


def faded(low: float, high: float) -> Defect:
    """Make a defect that leaves a share of the rated capacity, both ends 0 to 1."""

    def fade(draft: Draft, chance: Random) -> Draft:
        left = chance.uniform(low, high)
        return replace(draft, capacity_ah=round(draft.model.rated_ah * left, 2))

    return fade


def _high_resistance(draft: Draft, chance: Random) -> Draft:
    return replace(draft, resistance_mohm=round(chance.uniform(580, 850), 1))


def _rewired(*, nominal_v: float, series: int) -> Defect:
    """Make a defect: more cells than belong there, so more than 60 V when full."""

    def rewire(draft: Draft, _chance: Random) -> Draft:
        model = replace(
            draft.model,
            model=f"HV{nominal_v:.0f}-{series}S",
            nominal_v=nominal_v,
            series=series,
            charge_limit_v=round(series * 4.2, 1),
            cutoff_v=round(series * 3.0, 1),
        )
        return replace(draft, model=model)

    return rewire


def _untested(draft: Draft, _chance: Random) -> Draft:
    return replace(draft, has_resistance_test=False)


def _expired(draft: Draft, _chance: Random) -> Draft:
    notes = {**draft.notes, "instrument_id": city.EBC_EXPIRED}
    return replace(draft, station=city.EXPIRED_AT, notes=notes)


def _untrained(draft: Draft, _chance: Random) -> Draft:
    notes = {**draft.notes, "inspector_id": city.UNTRAINED}
    return replace(draft, station=city.UNTRAINED_AT, notes=notes)


# By the verdict they lead to; the packs of a kind take them in turn.
BY_VERDICT: Final[Mapping[str, tuple[Defect, ...]]] = MappingProxyType(
    {
        "red": (
            noted(deformation="severe"),
            _high_resistance,
            faded(0.30, 0.44),
            _rewired(nominal_v=48.0, series=16),
            noted(housing_broken_exposed=True, burn_marks=True),
            _rewired(nominal_v=60.0, series=17),
            noted(leakage=True),
            noted(maker_label_present=False, purchase_proof_present=False),
            noted(port_damaged=True),
            noted(second_life=True),
        ),
        "yellow": (faded(0.60, 0.80),),
        "incomplete": (_untested,),
        "void": (
            noted(ambient_temp_c=4.0, battery_surface_temp_c=5.0),
            _expired,
            _untrained,
        ),
        "not_covered": (noted(chemistry="lead_acid"),),
        "green": (faded(0.89, 0.99),),
    }
)
