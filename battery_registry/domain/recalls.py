"""Which batteries a recall covers, and how far it has come.

A criterion that a recall leaves empty asks for nothing. What the registry does
not know of a battery cannot exclude it: such a battery is covered too, as one
that may be meant, until somebody reads its label.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from battery_registry.domain import Kind, RegistryError


class RecallState(StrEnum):
    """How far a recall has come; two people confirm it, and two withdraw it."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


IN_FORCE = frozenset({RecallState.CONFIRMED, RecallState.WITHDRAWING})
"""The states in which a recall blocks sales."""


class RecallUnknownError(RegistryError):
    """There is no such recall."""

    code: ClassVar[str] = "recall_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class RecallStateError(RegistryError):
    """The recall is not in a state that allows it."""

    code: ClassVar[str] = "recall_state"
    kind: ClassVar[Kind] = Kind.CONFLICT


class SecondPersonError(RegistryError):
    """Who began a thing cannot be the one who confirms it."""

    code: ClassVar[str] = "second_person_needed"
    kind: ClassVar[Kind] = Kind.FORBIDDEN


class RecallCriteriaError(RegistryError):
    """The criteria contradict each other; the field names which."""

    code: ClassVar[str] = "recall_criteria"


class Match(StrEnum):
    """How surely a battery is meant."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True, kw_only=True, slots=True)
class Criteria:
    """What is recalled.

    Args:
        maker: Whose batteries; compared without regard to case and blanks.
        model: Which model, None for all.
        code_from: First maker's code of a range, itself included.
        code_to: Last one; both or neither, of one length.
        produced_from: First day of production, itself included.
        produced_until: Last day of production, itself included.
    """

    maker: str
    model: str | None = None
    code_from: str | None = None
    code_to: str | None = None
    produced_from: date | None = None
    produced_until: date | None = None

    def __post_init__(self) -> None:
        """Refuse what could cover nothing, or anything.

        Raises:
            RecallCriteriaError: A maker without letters, half a range, ends of
                different lengths, or an end before its beginning.
        """
        if not plain_name(self.maker):
            raise RecallCriteriaError(field="maker")
        if (self.code_from is None) != (self.code_to is None):
            raise RecallCriteriaError(
                field="code_to" if self.code_to is None else "code_from"
            )
        if self.code_from is not None and self.code_to is not None:
            first, last = plain_code(self.code_from), plain_code(self.code_to)
            if not first or len(first) != len(last) or first > last:
                raise RecallCriteriaError(field="code_to")
        if (
            self.produced_from is not None
            and self.produced_until is not None
            and self.produced_from > self.produced_until
        ):
            raise RecallCriteriaError(field="produced_until")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """What a recall asks of a battery; None where it is not known.

    Args:
        maker: The maker's name on the label.
        model: The model.
        codes: The maker's codes, present and prior.
        production_date: When it was made.
    """

    maker: str | None
    model: str | None
    codes: frozenset[str]
    production_date: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recall:
    """A recall in force, as an intake must know it."""

    recall_id: UUID
    criteria: Criteria


def match(criteria: Criteria, pack: Pack) -> Match | None:
    """Tell whether a recall covers a battery, and how surely.

    Returns:
        None where it does not; the maker must always be the same.
    """
    if pack.maker is None or plain_name(pack.maker) != plain_name(criteria.maker):
        return None
    answers = (
        _same_model(criteria, pack),
        _in_range(criteria, pack.codes),
        _in_window(criteria, pack.production_date),
    )
    if False in answers:
        return None
    return Match.POSSIBLE if None in answers else Match.CERTAIN


def plain_name(name: str) -> str:
    """Bring a name to the form in which names are compared."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def plain_code(code: str) -> str:
    """Bring a maker's code to the form in which codes are compared."""
    folded = unicodedata.normalize("NFKC", code).upper()
    return "".join(sign for sign in folded if sign.isalnum())


def _same_model(criteria: Criteria, pack: Pack) -> bool | None:
    if criteria.model is None:
        return True
    if pack.model is None:
        return None
    return plain_name(pack.model) == plain_name(criteria.model)


def _in_range(criteria: Criteria, codes: Iterable[str]) -> bool | None:
    if criteria.code_from is None or criteria.code_to is None:
        return True
    first, last = plain_code(criteria.code_from), plain_code(criteria.code_to)
    told = [plain_code(code) for code in codes]
    if not told:
        return None
    # Codes of one length stand in the order they were given out.
    return any(len(code) == len(first) and first <= code <= last for code in told)


def _in_window(criteria: Criteria, made: date | None) -> bool | None:
    first, last = criteria.produced_from, criteria.produced_until
    if first is None and last is None:
        return True
    if made is None:
        return None
    return (first is None or first <= made) and (last is None or made <= last)


def check_second(actor: str, *, first: str) -> None:
    """Let only another than the first one through.

    Args:
        actor: Who acts now (``Caller.actor``).
        first: Who began it.

    Raises:
        SecondPersonError: It is the same one.
    """
    if actor == first:
        raise SecondPersonError
