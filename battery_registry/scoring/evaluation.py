"""The verdict on one measurement, with everything that led to it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Code(StrEnum):
    """The code a battery can have.

    ``green``, ``yellow`` and ``red`` are colours; ``incomplete`` (a mandatory
    reading is missing), ``void`` (test again) and ``not_covered`` (not
    lithium-ion) are outcomes without one.
    """

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    INCOMPLETE = "incomplete"
    VOID = "void"
    NOT_COVERED = "not_covered"


class Evidence(StrEnum):
    """What stands behind a factor's points."""

    RULE = "rule"
    VALIDATED = "validated"
    LITERATURE = "literature"
    JUDGEMENT = "judgement"


Reading = bool | float | int | str | None
Threshold = Reading | tuple[Reading, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredRule:
    """A rule that fired.

    Args:
        rule_id: Its id in the rule set, such as ``T1``.
        clause: The clause it comes from.
        outcome: What it demands (``red``, ``void``, ...).
        inputs: The inputs it read, by name, as they were read.
        comparator: How they were compared.
        threshold: With what: a number, a word, nothing, or several of them (a
            range's two ends, a list of words). Days are written YYYY-MM-DD.
    """

    rule_id: str
    clause: str
    outcome: str
    inputs: tuple[tuple[str, Reading], ...]
    comparator: str
    threshold: Threshold


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """What one factor added to the score.

    Args:
        factor: The factor's id.
        reading: The value it read, None when it is missing.
        unit: Unit of the reading.
        points_tenths: Points given, in tenths (fixed-point, 0 or more).
        max_points_tenths: The most it can give.
        evidence: What stands behind the points.
        u: Standard uncertainty of the reading, in its unit; None when the rule
            set knows none.
        from_before: The reading is an earlier one, which this inspection left
            out or may not replace.
    """

    factor: str
    reading: float | None
    unit: str
    points_tenths: int
    max_points_tenths: int
    evidence: Evidence
    u: float | None = None
    from_before: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredGuard:
    """A reading so near a limit that it may lie beyond it.

    Args:
        guard_id: Its id in the rule set, such as ``GUARD-T1``.
        rule_id: The rule whose limit it guards.
        clause: That rule's clause.
        input: The reading's name.
        reading: The reading.
        u: Its standard uncertainty, in the reading's unit.
        limit: Above this the guard fires.
        threshold: The rule's own limit.
    """

    guard_id: str
    rule_id: str
    clause: str
    input: str
    reading: float
    u: float
    limit: float
    threshold: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """How the capacity moved over comparable inspections.

    Args:
        slope_pct_per_month: Capacity points per month; negative is a loss.
        slope_pct_per_100_efc: The same per 100 full cycles, None where the
            cycles are not known.
        u_pct_per_month: Standard uncertainty of the first slope.
        n: Inspections it rests on, two or more.
        span_months: From the first of them to the last.
        significant: The loss is more than the readings' uncertainty explains;
            otherwise the slope says nothing.
    """

    slope_pct_per_month: float
    slope_pct_per_100_efc: float | None
    u_pct_per_month: float
    n: int
    span_months: float
    significant: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """The verdict.

    Args:
        code: The code this measurement earns.
        score_tenths: Risk score in tenths of a point, 0 to 1000; ordinal,
            never a probability. None without a colour.
        fired: Every rule that fired and bears on the code, in the rule set's
            order.
        contributions: Every factor's points, in the rule set's order.
        missing: Mandatory inputs that were not read or not acceptable.
        notes: Ids of rules that only note something (``P2``, ``P3``).
        duties: Ids of the duties that follow (``D1`` ...).
        capacity_fade_pct: Fade against the rated capacity, None when it was
            not measured by an accepted method.
        next_due: When the next inspection is due, None without a colour or
            for red.
        ruleset_id: Which rule set.
        ruleset_sha256: Its content.
        input_sha256: Everything that was judged.
        guards: Every guard band a reading lies in.
        trend: The capacity's trend, None with fewer than two comparable
            inspections.
        flags: Suspicions that change no code (``IDENTITY``, ``R-JUMP``); they
            are among ``notes`` too.
    """

    code: Code
    score_tenths: int | None
    fired: tuple[FiredRule, ...]
    contributions: tuple[Contribution, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    duties: tuple[str, ...]
    capacity_fade_pct: float | None
    next_due: date | None
    ruleset_id: str
    ruleset_sha256: str
    input_sha256: str
    guards: tuple[FiredGuard, ...] = ()
    trend: Trend | None = None
    flags: tuple[str, ...] = ()
