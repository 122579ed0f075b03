"""Read a rule-set document, naming the place of everything that is wrong in it."""

import json
from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import NoReturn


class RuleSetError(Exception):
    """A rule set cannot be used.

    It is a fault of the installation, not of a request, so it is no
    ``RegistryError``.

    Args:
        where: The place in the document, such as ``rules[3].texts.why.zh``.
        reason: What is wrong there.
    """

    def __init__(self, *, where: str, reason: str) -> None:
        """Keep the place and the reason."""
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class Node:
    """A value of the document together with its place.

    Every method that asks for a kind of value raises ``RuleSetError`` when the
    document holds another kind there.
    """

    __slots__ = ("value", "where")

    def __init__(self, value: object, where: str) -> None:
        """Remember the value and its place."""
        self.value = value
        self.where = where

    def fail(self, reason: str) -> NoReturn:
        """Refuse the document at this place."""
        raise RuleSetError(where=self.where, reason=reason)

    def members(self) -> "dict[str, Node]":
        """The members of an object, by name."""
        if not isinstance(self.value, dict):
            self.fail("must be an object")
        place = f"{self.where}." if self.where != ROOT else ""
        return {name: Node(value, place + name) for name, value in self.value.items()}

    def only(self, *names: str) -> "dict[str, Node]":
        """The members, when each of them has one of these names.

        A misspelt ``when`` would otherwise widen a rule without a word.
        """
        members = self.members()
        for name, member in members.items():
            if name not in names:
                member.fail("is not a known member")
        return members

    def get(self, name: str) -> "Node":
        """The member of that name, which must be there."""
        found = self.find(name)
        if found is None:
            self.fail(f"{name} is missing")
        return found

    def find(self, name: str) -> "Node | None":
        """The member of that name, if it is there."""
        return self.members().get(name)

    def items(self) -> "Iterator[Node]":
        """The items of a list."""
        if not isinstance(self.value, list):
            self.fail("must be a list")
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.where}[{index}]")

    def text(self) -> str:
        """A string that says something."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail("must be a text that is not empty")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.fail("must be true or false")
        return self.value

    def number(self) -> int | float:
        """A finite number."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail("must be a number")
        if not isfinite(value):
            self.fail("must be a finite number")
        return value

    def whole(self) -> int:
        """A whole number, 0 or more."""
        value = self.number()
        if not isinstance(value, int) or value < 0:
            self.fail("must be a whole number, 0 or more")
        return value

    def day(self) -> date:
        """A calendar day, written YYYY-MM-DD."""
        text = self.text()
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise RuleSetError(
                where=self.where, reason="must be a day, YYYY-MM-DD"
            ) from error

    def one_of(self, *words: str) -> str:
        """One of these words."""
        if self.value not in words:
            self.fail(f"must be one of {', '.join(words)}")
        return str(self.value)


ROOT = "document"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a name given twice, where JSON would keep the last silently."""
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RuleSetError(where=twice, reason="the member is given twice")
    return members


def read(text: str) -> Node:
    """Read JSON text into a node.

    Raises:
        RuleSetError: It is not JSON, or a member is given twice.
    """
    try:
        return Node(json.loads(text, object_pairs_hook=_unique), ROOT)
    except json.JSONDecodeError as error:
        raise RuleSetError(where=ROOT, reason=f"is not JSON: {error}") from error
