"""A rule set as values: rules, points, limits, texts.

``battery_registry.scoring.parsing`` makes it from its document, and
``battery_registry.scoring.library`` finds the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from enum import StrEnum
from typing import Any

from battery_registry.scoring.condition import Condition, Predicate, told
from battery_registry.scoring.evaluation import (
    Evaluation,
    FiredRule,
)
from battery_registry.scoring.factor import Factor
from battery_registry.scoring.interval import IntervalRules
from battery_registry.scoring.measurement import Chemistry, UnitKind
from battery_registry.scoring.sentences import Saying, Text
from battery_registry.scoring.trend import TrendRules
from battery_registry.scoring.uncertainty import Guard, Uncertainty

ISOLATE = "isolate"
"""The effect of a rule that ends a test because it is dangerous."""


class Outcome(StrEnum):
    """What a rule demands when it fires."""

    NOT_COVERED = "not_covered"
    VOID = "void"
    RED = "red"
    INCOMPLETE = "incomplete"
    NOTE = "note"
    GREEN = "green"
    DUTY = "duty"
    ALERT = "alert"


SEVERITY = (Outcome.NOT_COVERED, Outcome.VOID, Outcome.RED, Outcome.INCOMPLETE)
"""Outcomes that decide the code, the one that prevails first."""


class Basis(StrEnum):
    """What stands behind a rule."""

    GUIDELINE = "guideline"
    LAW = "law"
    PROJECT = "project"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule.

    Args:
        id: Its id, such as ``T1``.
        clause: The clause it comes from.
        source: Name of a source in ``RuleSet.sources``.
        basis: Guideline, law or our own.
        outcome: What it demands.
        effects: What follows, as stable words such as ``stop_test``.
        chemistries: It applies to these only.
        unit_kinds: It applies to these only.
        test: It fires when this holds ...
        when: ... and all of these do.
        why: One sentence for residents.
        inspector: One sentence for inspectors; may hold ``{reading}`` and
            ``{threshold}``.
        lacking: What an incomplete inspection lacks, where that is not the
            rule's own inputs.
        fires: From the values to whether it fires; that it applies to the
            chemistry and the unit is asked before.
    """

    id: str
    clause: str
    source: str
    basis: Basis
    outcome: Outcome
    effects: tuple[str, ...]
    chemistries: frozenset[Chemistry]
    unit_kinds: frozenset[UnitKind]
    test: Condition
    when: tuple[Condition, ...]
    why: Text
    inspector: Text
    lacking: tuple[str, ...] = ()
    fires: Predicate = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Settle once how it is asked."""
        test, when = self.test.holds, [part.holds for part in self.when]

        def fires(values: Mapping[str, Any]) -> bool:
            return test(values) and all(part(values) for part in when)

        object.__setattr__(self, "fires", fires if when else test)

    def parts(self) -> tuple[Condition, ...]:
        """All its conditions."""
        return (self.test, *self.when)

    def tell(self, values: Mapping[str, Any]) -> FiredRule:
        """The fact that it fired, with everything it looked at."""
        named = [name for part in self.parts() for name in part.named()]
        return FiredRule(
            rule_id=self.id,
            clause=self.clause,
            outcome=self.outcome,
            inputs=tuple((name, told(values[name])) for name in dict.fromkeys(named)),
            comparator=self.test.comparator,
            threshold=self.test.told_threshold(values),
        )

    def unread(self, values: Mapping[str, Any]) -> list[str]:
        """Those of its inputs that were not read, or by no method that counts."""
        if self.lacking:
            return [*self.lacking]
        test = self.test
        return [name for name in test.inputs if test.read(name, values) is None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Applicable:
    """The rules that apply to one chemistry and kind of unit.

    Args:
        readings: Rules on the readings, in order.
        verdict: Rules on the verdict, in order.
    """

    readings: tuple[Rule, ...]
    verdict: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleSet:
    """A dated, versioned rule set; immutable once released.

    Args:
        id: Its id, such as ``cn-2024``.
        area: Where it holds; of one area only one set is in force on a day.
        version: Version of the document.
        title: Its title.
        effective_from: First day on which it is in force.
        effective_to: Last day on which it is in force, None while open.
        zone: Where its days begin and end.
        sources: Names of the sources.
        cap_tenths: The most a score can be, in tenths of a point.
        red_floor_tenths: The least a red verdict's score is.
        yellow_limit_tenths: From this score on, yellow.
        interval: How inspections are spaced.
        trend: How a history is read.
        uncertainties: By input.
        guards: The guard bands.
        flags: Suspicions, by id, each with its two sentences.
        phrases: Sentences around the reasons, by key, each for both readers.
        factors: The score's factors.
        rules: The rules on a measurement, in the order they are told.
        site_rules: Rules on a storage site; they read ``inputs.SITE``.
        applicable: ``rules`` sorted out by chemistry and kind of unit.
        sha256: SHA-256 of the document.
    """

    id: str
    area: str
    version: str
    title: Text
    effective_from: date
    effective_to: date | None
    zone: timezone
    sources: tuple[str, ...]
    cap_tenths: int
    red_floor_tenths: int
    yellow_limit_tenths: int
    interval: IntervalRules
    trend: TrendRules
    uncertainties: Mapping[str, Uncertainty]
    guards: tuple[Guard, ...]
    flags: Mapping[str, Saying]
    phrases: Mapping[str, Text]
    factors: tuple[Factor, ...]
    rules: tuple[Rule, ...]
    site_rules: tuple[Rule, ...]
    sha256: str
    applicable: Mapping[tuple[Chemistry, UnitKind], Applicable] = field(
        repr=False, compare=False
    )

    def u_of(
        self, name: str, reading: float | None, values: Mapping[str, Any]
    ) -> float | None:
        """A reading's standard uncertainty in its own unit, where one is known."""
        uncertainty = self.uncertainties.get(name)
        if uncertainty is None or reading is None:
            return None
        return uncertainty.absolute(uncertainty.of(values), reading)

    def get_factor(self, factor_id: str) -> Factor:
        """The factor of that id.

        Raises:
            KeyError: There is none.
        """
        for factor in self.factors:
            if factor.id == factor_id:
                return factor
        raise KeyError(factor_id)

    def get_guard(self, guard_id: str) -> Guard:
        """The guard of that id.

        Raises:
            KeyError: There is none.
        """
        for guard in self.guards:
            if guard.id == guard_id:
                return guard
        raise KeyError(guard_id)

    @property
    def repeat_window(self) -> timedelta:
        """For how long a test repeats another."""
        return timedelta(days=self.trend.repeat_window_days)

    def is_in_force(self, on: date) -> bool:
        """Whether that day, counted where its days begin and end, is one of its own."""
        ends = self.effective_to
        return self.effective_from <= on and (ends is None or on <= ends)

    def must_isolate(self, evaluation: Evaluation) -> bool:
        """Whether a rule that fired says: stop the test, keep the battery apart."""
        return any(
            ISOLATE in self.get_rule(fired.rule_id).effects
            for fired in evaluation.fired
        )

    def get_rule(self, rule_id: str) -> Rule:
        """The rule of that id.

        Raises:
            KeyError: There is none.
        """
        for rule in (*self.rules, *self.site_rules):
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
