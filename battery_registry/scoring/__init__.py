"""The score: a measurement in, a verdict with all its reasons out.

Pure, except ``library``, which reads the rule sets that come with the package.
"""

from battery_registry.scoring.engine import score_one
from battery_registry.scoring.library import load
from battery_registry.scoring.record import as_record
from battery_registry.scoring.ruleset import RuleSet

__all__ = ["RuleSet", "as_record", "load", "score_one"]
