"""A run's figures, for programs and for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.cases import Result

_MEDIAN, _TAIL = 0.5, 0.99


def as_json(machine: Mapping[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    """Give the run as JSON values; the names are section 7's of the design."""
    return {"machine": dict(machine), "results": [_line(each) for each in results]}


def _line(result: Result) -> dict[str, Any]:
    ratios, goal = result.turns.ratios, result.goal
    p50, p99 = result.quantile_ms(_MEDIAN), result.quantile_ms(_TAIL)
    return {
        "name": result.name,
        "unit": result.unit,
        "ours": _rounded(result.ours),
        "limit": _rounded(result.limit),
        "ratio": round(result.ratio, 3),
        "goal": goal.value,
        "goal_of": goal.of,
        "met": result.is_met,
        "ratio_min": round(min(ratios), 3),
        "ratio_max": round(max(ratios), 3),
        "rounds": len(ratios),
        "p50_ms": [round(one, 2) for one in p50],
        "p99_ms": [round(one, 2) for one in p99],
    }


def _rounded(rate: float) -> float:
    return round(rate, 1 if rate >= 1 else 3)


def as_table(machine: Mapping[str, Any], results: Sequence[Result]) -> Iterator[str]:
    """Give the run in lines for people."""
    yield (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']};"
        f" {machine['database']}; Python {machine['python']}"
    )
    if cost := machine.get("fsync_us"):
        yield f"a durable write: {cost['before']} us before, {cost['after']} us after"
    yield (
        f"{'':16}{'ours':>10}{'limit':>10}  {'unit':12}{'ratio':>6}"
        f"  {'min..max':12}{'goal':>12}   p50/p99 ms ours, limit"
    )
    for one in map(_line, results):
        spread = f"{one['ratio_min']:.2f}..{one['ratio_max']:.2f}"
        asked = f"{one['goal_of']} {one['goal']:g}"
        mark = "met" if one["met"] else "MISSED"
        yield (
            f"{one['name']:16}{one['ours']:>10}{one['limit']:>10}  {one['unit']:12}"
            f"{one['ratio']:>6.2f}  {spread:12}{asked:>12} {mark}"
            f"   {one['p50_ms'][0]}/{one['p99_ms'][0]},"
            f" {one['p50_ms'][1]}/{one['p99_ms'][1]}"
        )
