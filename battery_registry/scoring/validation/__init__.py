"""Validation of a rule set's card on ageing sets that nobody here made.

Pure: cells' readings in, measures with their intervals out. The definitions are
in ``task`` (what is to be foretold), ``held_out`` (how well) and ``silent`` (what
goes from green to red unseen). Reading the files is the command's part.
"""

from battery_registry.scoring.validation.ageing import (
    NO_TIME,
    AgeingSet,
    Cell,
    NoReadingError,
    make_cell,
)
from battery_registry.scoring.validation.cards import (
    NoCapacityFactorError,
    ValidatedCard,
)
from battery_registry.scoring.validation.results import Validation
from battery_registry.scoring.validation.run import Effort, validate

__all__ = [
    "NO_TIME",
    "AgeingSet",
    "Cell",
    "Effort",
    "NoCapacityFactorError",
    "NoReadingError",
    "ValidatedCard",
    "Validation",
    "make_cell",
    "validate",
]
