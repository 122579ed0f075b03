"""What is measured: intake, one battery's page, the red list, the score."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from battery_registry.domain import code
from battery_registry.domain.code import PublicCode
from battery_registry.queries.bulk_sale import MOST_PREFIXES
from battery_registry.store.db import Database
from benchmarks import engines, equality, load, readers, resale, rescore, scoring
from benchmarks.bodies import Bodies
from benchmarks.city import City
from benchmarks.packs import Packs
from benchmarks.rounds import Plan, Turns, median_ms, median_rate, take_turns

CONNECTIONS = 16
BATCH = 500
BATCH_CONNECTIONS = 4
RED_LIST_ROWS = 50

_INSPECTIONS = "/api/v1/inspections"


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What is asked of ours: a share of its limit, so much in a second, or a bound."""

    ratio: float | None = None
    ours: float | None = None
    at_most: float | None = None

    @property
    def of(self) -> str:
        """What it is about."""
        if self.ratio is not None:
            return "ratio"
        return "ours" if self.at_most is None else "at most"

    @property
    def value(self) -> float | None:
        """How much is asked."""
        asked = (self.ratio, self.ours, self.at_most)
        return next((one for one in asked if one is not None), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One line of the report.

    Args:
        name: Which case.
        unit: Of ``ours`` and ``limit``.
        turns: What was measured.
        each: How many units one request is.
        goal: What is asked of ours.
    """

    name: str
    unit: str
    turns: Turns
    each: int
    goal: Goal

    @property
    def ours(self) -> float:
        """Median of ours."""
        return median_rate(self.turns.ours) * self.each

    @property
    def limit(self) -> float:
        """Median of the limit."""
        return median_rate(self.turns.limit) * self.each

    @property
    def ratio(self) -> float:
        """Median of the rounds' ratios."""
        return median(self.turns.ratios)

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        if self.goal.ratio is not None:
            return self.ratio >= self.goal.ratio
        if self.goal.at_most is not None:
            return self.ours <= self.goal.at_most
        return self.goal.ours is None or self.ours >= self.goal.ours

    def quantile_ms(self, share: float) -> tuple[float, float]:
        """Latency of ours and of the limit."""
        return median_ms(self.turns.ours, share), median_ms(self.turns.limit, share)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """Where cases are measured: both servers, their city and their database.

    Args:
        database: Theirs.
        environ: The service's environment.
        city: What is in it.
        ours: Port of ours.
        limit: Port of its limit.
        plan: How often and how long.
        packs: How many batteries a rescore is measured with.
        now: The time of the run.
    """

    database: Database
    environ: Mapping[str, str]
    city: City
    ours: int
    limit: int
    plan: Plan
    packs: int
    now: datetime

    @property
    def ports(self) -> tuple[int, int]:
        """Of ours and of its limit."""
        return self.ours, self.limit


def _asked(key: str, body: bytes) -> bytes:
    return load.request("POST", _INSPECTIONS, key=key, body=body)


def _check_intake(bench: Bench, bodies: Bodies, count: int) -> None:
    """Let both sides take in so many, and compare what they wrote and said."""
    answers: list[bytes] = []

    def hand_in(port: int) -> str:
        body = bodies.one() if count == 1 else bodies.batch(count)
        told = load.ask_once(port, _asked(bench.city.station_key, body))
        answers.append(told)
        for one in json.loads(told).get("results", ()):
            if one["status"] != "accepted":
                raise equality.UnequalWorkError(f"refused: {one}")
        parsed = json.loads(body)
        first = parsed if count == 1 else parsed["inspections"][0]
        pack_code: str = first["pack_code"]
        return pack_code

    equality.check_writes(
        bench.database, lambda: hand_in(bench.ours), lambda: hand_in(bench.limit)
    )
    equality.check_answers(*answers)


def intake(bench: Bench) -> list[Result]:
    """Measure inspections of new batteries, one by one and 500 at once."""
    bodies, key = Bodies(bench.now), bench.city.station_key
    for count in (1, 3):
        _check_intake(bench, bodies, count)
    single = take_turns(
        bench.ports,
        lambda count: [_asked(key, bodies.one()) for _ in range(count)],
        connections=CONNECTIONS,
        plan=bench.plan,
    )
    batches = take_turns(
        bench.ports,
        lambda count: [_asked(key, bodies.batch(BATCH)) for _ in range(count)],
        connections=BATCH_CONNECTIONS,
        plan=bench.plan,
    )
    return [
        _result("intake", "requests/s", single, Goal(ratio=0.35)),
        _result("intake_batch", "readings/s", batches, Goal(ours=2_000), each=BATCH),
    ]


def lookup(bench: Bench) -> list[Result]:
    """Measure reading one battery by its public code."""
    paths = [
        f"/api/v1/batteries/{code.show(PublicCode(one))}" for one in bench.city.codes
    ]
    return [_reads(bench, "lookup", paths, Goal(ratio=0.3))]


def redlist(bench: Bench) -> list[Result]:
    """Measure a page of a district's red list."""
    paths = [
        f"/api/v1/red-list?district={one}&limit={RED_LIST_ROWS}"
        for one in bench.city.districts
    ]
    return [_reads(bench, "redlist", paths, Goal(ratio=0.25))]


def scored(bench: Bench) -> list[Result]:
    """Measure a table's verdicts against the bare sum of its factors' points."""
    turns = scoring.take_turns(bench.plan)
    each = scoring.ROWS
    return [
        # at most 1.5 times the limit's time
        _result("scoring", "rows/s", turns, Goal(ratio=1 / 1.5), each=each),
        _result("scoring_rows", "rows/s", turns, Goal(ours=5e6), each=each),
    ]


def read_instruments(plan: Plan) -> list[Result]:
    """Measure reading files of instruments; needs no server and no database."""
    ndax = readers.ndax_turns(plan)
    with readers.nested_file() as path:
        nested = readers.nested_turns(path, plan)
        memory = readers.memory_turns(path)
    return [
        # at most 3 times fastnda's own time
        _result(
            *("readers_ndax", "records/s", ndax, Goal(ratio=1 / 3)),
            each=readers.NDAX_RECORDS,
        ),
        _result(
            *("readers_nested", "records/s", nested, Goal(ratio=0.5)),
            each=readers.RECORDS,
        ),
        # the peak is at most 6 times the file
        _result("readers_memory", "file/peak", memory, Goal(ours=1 / 6)),
    ]


def resold(bench: Bench) -> list[Result]:
    """Measure checks before a sale among all packs: of one, and of 10,000."""
    Packs(bench.database, pattern=bench.city.pattern, now=bench.now).fill(bench.packs)
    known = resale.fill(bench.database)
    engines.settle(bench.database)
    some = random.sample(known, min(len(known), 5_000))
    paths = [f"/api/v1/resale/{code.show(PublicCode(one))}" for one, _ in some]
    one = _reads(bench, "resale", paths, Goal(ratio=0.6))
    many = resale.take_turns(
        bench.database,
        bench.ours,
        serials=[serial for _, serial in known],
        key=bench.city.regulator_key,
    )
    # ten thousand in two seconds
    each, goal = MOST_PREFIXES, Goal(ours=resale.SERIALS / 2)
    return [one, _result("resale_bulk", "serials/s", many, goal, each=each)]


def rescored(bench: Bench) -> list[Result]:
    """Measure the whole registry under another rule set, with its report."""
    Packs(bench.database, pattern=bench.city.pattern, now=bench.now).fill(bench.packs)
    engines.settle(bench.database)
    times, peaks = rescore.take_turns(bench.database, bench.environ, now=bench.now)
    # a million in a minute, and in half a gigabyte
    rate, peak = Goal(ours=1e6 / 60), Goal(at_most=500)
    return [
        _result("rescore", "packs/s", times, rate, each=bench.packs),
        _result("rescore_peak", "MiB", peaks, peak),
    ]


def _reads(bench: Bench, name: str, paths: list[str], goal: Goal) -> Result:
    key = bench.city.regulator_key
    asked = [load.request("GET", path, key=key) for path in paths]
    equality.check_answers(
        load.ask_once(bench.ours, asked[0]), load.ask_once(bench.limit, asked[0])
    )
    turns = take_turns(
        bench.ports,
        lambda count: random.choices(asked, k=count),  # noqa: S311 - no secret
        connections=CONNECTIONS,
        plan=bench.plan,
    )
    return _result(name, "requests/s", turns, goal)


def _result(name: str, unit: str, turns: Turns, goal: Goal, each: int = 1) -> Result:
    return Result(name=name, unit=unit, turns=turns, each=each, goal=goal)


CASES: dict[str, Callable[[Bench], list[Result]]] = {
    "intake": intake,
    "lookup": lookup,
    "redlist": redlist,
    "scoring": scored,
    "resale": resold,  # fills the database, as the next one does
    "rescore": rescored,  # last, since it fills the database
}
# these need neither a database nor a server
ALONE: dict[str, Callable[[Plan], list[Result]]] = {"readers": read_instruments}
