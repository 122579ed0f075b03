"""What a battery's earlier inspections say about the one that is judged now.

They only ever make a verdict worse. A repeat never replaces a worse reading; a
reading that an inspection leaves out counts as it was last; a loss adds points,
a gain takes none away but raises a flag when no battery could gain so much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from battery_registry.scoring.background import NOTHING_BEFORE, Background
from battery_registry.scoring.comparable import (
    CAPACITY,
    RESISTANCE,
    comparable,
    recent,
    settles,
)
from battery_registry.scoring.evaluation import Trend
from battery_registry.scoring.factor import Harm
from battery_registry.scoring.inputs import derive
from battery_registry.scoring.measurement import (
    Circumstances,
    Measurement,
)
from battery_registry.scoring.reference import ModelReference
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.scoring.trend import (
    MONTH_DAYS,
    Point,
    TrendRules,
    fit,
    months_to_red,
)

IDENTITY = "IDENTITY"
JUMP = "R-JUMP"


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """An earlier inspection of the same battery that was not void."""

    measurement: Measurement
    circumstances: Circumstances


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """One inspection with its inputs."""

    at: datetime
    values: Mapping[str, Any]


def look_back(
    measurement: Measurement,
    circumstances: Circumstances,
    *,
    past: Sequence[Past],
    reference: ModelReference,
    ruleset: RuleSet,
) -> Background:
    """What is known before this measurement is judged.

    Args:
        measurement: What was found now.
        circumstances: By whom, and with what.
        past: Other inspections of this battery, in any order; those made later
            are left out.
        reference: What a new pack of its model reads.
        ruleset: By which rules.
    """
    earlier = [
        _seen(one.measurement, one.circumstances, reference, ruleset)
        for one in past
        if one.measurement.tested_at <= measurement.tested_at
    ]
    # Most batteries come for the first time: nothing stands, nothing has moved.
    if not earlier and measurement.cycle_count is None:
        return _of_its_model(measurement, reference)
    now = _seen(measurement, circumstances, reference, ruleset)
    seen = [*sorted(earlier, key=lambda one: one.at), now]
    trend, months = _capacity_trend(seen, ruleset)
    return Background(
        new_resistance_mohm=reference.resistance_for(measurement),
        new_capacity_ah=reference.capacity_ah,
        standing=_standing(seen, ruleset),
        trend=trend,
        months_to_red=months,
        efc_per_month=_efc_per_month(seen),
        flags=_flags(seen, ruleset),
    )


def _seen(
    measurement: Measurement,
    circumstances: Circumstances,
    reference: ModelReference,
    ruleset: RuleSet,
) -> _Seen:
    values = derive(
        measurement,
        circumstances,
        zone=ruleset.zone,
        background=_of_its_model(measurement, reference),
    )
    return _Seen(at=measurement.tested_at, values=values)


def _of_its_model(measurement: Measurement, reference: ModelReference) -> Background:
    """What is known of a battery by its model alone."""
    resistance_mohm = reference.resistance_for(measurement)
    if resistance_mohm is None and reference.capacity_ah is None:
        return NOTHING_BEFORE
    return Background(
        new_resistance_mohm=resistance_mohm, new_capacity_ah=reference.capacity_ah
    )


def _chain(seen: Sequence[_Seen], name: str, rules: TrendRules) -> list[_Seen]:
    """All inspections comparable with the last that read this input, itself last."""
    read = [one for one in seen if one.values[name] is not None]
    if not read:
        return []
    last = read[-1].values
    return [one for one in read if comparable(one.values, last, name=name, rules=rules)]


def _standing(seen: Sequence[_Seen], ruleset: RuleSet) -> dict[str, float]:
    """By input, the reading that today's may not better, where it is another."""
    standing = {}
    wanted = {factor.input: factor.harm for factor in ruleset.factors}
    wanted |= {guard.input: Harm.HIGHER for guard in ruleset.guards}
    for name, harm in wanted.items():
        read = [(one.at, one.values) for one in seen if one.values[name] is not None]
        if not read:
            continue
        worst = worst_of_repeats(
            read,
            name=name,
            harm=harm,
            rules=ruleset.trend,
        )
        if worst != seen[-1].values[name]:
            standing[name] = float(worst)
    return standing


def worst_of_repeats(
    readings: Sequence[tuple[datetime, Mapping[str, Any]]],
    *,
    name: str,
    harm: Harm,
    rules: TrendRules,
) -> float:
    """The worst of the last reading and those before it that still stand.

    A reading stands for the repeat window. Only a comparable one by a better
    instrument settles it sooner: another method, temperature or label says
    nothing about it, and so takes nothing away.

    Args:
        readings: Times and inputs of inspections that read it, oldest first.
        name: The input.
        harm: In which direction it gets worse.
        rules: The rule set's.
    """
    _, last = readings[-1]
    standing = [
        values[name]
        for _, values in recent(readings, rules)
        if not settles(last, values, name=name, rules=rules)
    ]
    worst: float = max(standing) if harm is Harm.HIGHER else min(standing)
    return worst


def _capacity_trend(
    seen: Sequence[_Seen], ruleset: RuleSet
) -> tuple[Trend | None, float | None]:
    """The steepest loss up to a reading that stands, and the fewest months to red.

    A repeat must not flatten the trend either, so the line is drawn up to each
    reading of the repeat window. The months also come from all but the last.
    """
    rules = ruleset.trend
    found = [fit(points, rules=rules) for points in _lines(seen, ruleset)]
    trends = [trend for trend in found if trend is not None]
    losses = [trend for trend in trends if trend.significant]
    steepest = min(losses, key=lambda one: one.slope_pct_per_month, default=None)
    last = found[0] if found else None
    return steepest or last, _fewest_months(seen, ruleset)


def _fewest_months(seen: Sequence[_Seen], ruleset: RuleSet) -> float | None:
    months = []
    lines = _lines(seen, ruleset)
    for points in (*lines, *(line[:-1] for line in lines[:1])):
        trend = fit(points, rules=ruleset.trend)
        if trend is None:
            continue
        left = points[-1].retention_frac
        reached = months_to_red(trend, retention_frac=left, rules=ruleset.trend)
        if reached is not None:
            months.append(reached)
    return min(months, default=None)


def _lines(seen: Sequence[_Seen], ruleset: RuleSet) -> list[list[Point]]:
    """Comparable capacities up to each that stands, the line to the last one first."""
    rules = ruleset.trend
    read = [one for one in seen if one.values[CAPACITY] is not None]
    if not read:
        return []
    count = len(recent([(one.at, one.values) for one in read], rules))
    lines = []
    for end in range(len(read), len(read) - count, -1):
        last = read[end - 1].values
        if settles(read[-1].values, last, name=CAPACITY, rules=rules):
            continue
        chain = _chain(read[:end], CAPACITY, rules)
        lines.append([_point(one, chain[0].at, ruleset) for one in chain])
    return lines


def _point(one: _Seen, start: datetime, ruleset: RuleSet) -> Point:
    return Point(
        months=(one.at - start) / timedelta(days=MONTH_DAYS),
        retention_frac=one.values[CAPACITY],
        u_frac=ruleset.uncertainties[CAPACITY].of(one.values),
        efc=one.values["cycle_count"],
    )


def _efc_per_month(seen: Sequence[_Seen]) -> float | None:
    """Cycles a month: over its life or since its first inspection, the greater."""
    counted = [one for one in seen if one.values["cycle_count"] is not None]
    if not counted:
        return None
    last, first = counted[-1], counted[0]
    count = last.values["cycle_count"]
    rates = []
    began_on = last.values["first_use_date"] or last.values["production_date"]
    if began_on is not None and began_on < last.values["tested_on"]:
        months = (last.values["tested_on"] - began_on).days / MONTH_DAYS
        rates.append(count / months)
    months = (last.at - first.at) / timedelta(days=MONTH_DAYS)
    if months >= 1:
        rates.append((count - first.values["cycle_count"]) / months)
    return max(rates, default=None)


def _flags(seen: Sequence[_Seen], ruleset: RuleSet) -> tuple[str, ...]:
    """Changes that no ageing explains."""
    flags = []
    rules, now = ruleset.trend, seen[-1].values
    before = _chain(seen, CAPACITY, rules)[:-1]
    if before and now[CAPACITY] is not None:
        lowest = min(one.values[CAPACITY] for one in before)
        u = ruleset.uncertainties[CAPACITY].of(now)
        if now[CAPACITY] - lowest > rules.identity_factor * sqrt(2) * u:
            flags.append(IDENTITY)
    before = _chain(seen, RESISTANCE, rules)[:-1]
    if before and now[RESISTANCE] is not None:
        rise = now[RESISTANCE] / before[-1].values[RESISTANCE] - 1
        if rise > rules.resistance_jump_frac:
            flags.append(JUMP)
    return tuple(flags)
