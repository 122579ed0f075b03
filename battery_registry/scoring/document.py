"""Read a rule-set document, naming the place of everything that is wrong in it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from math import inf, isfinite
from typing import NoReturn


class RuleSetError(Exception):
    """A rule set cannot be used.

    It is a fault of the installation, not of a request, so it is no
    ``RegistryError``.

    Args:
        where: The place in the document, such as ``rules[3].texts.why.zh``.
        reason: What is wrong there.
        line: The line of that place, from 1; None when it is not known.
    """

    def __init__(self, *, where: str, reason: str, line: int | None = None) -> None:
        """Keep the place and the reason."""
        at = "" if line is None else f"line {line}: "
        super().__init__(f"{at}{where}: {reason}")
        self.where = where
        self.reason = reason
        self.line = line


class Node:
    """A value of the document together with its place.

    Every method that asks for a kind of value raises ``RuleSetError`` when the
    document holds another kind there.
    """

    __slots__ = ("lines", "value", "where")

    def __init__(self, value: object, where: str, lines: Mapping[str, int]) -> None:
        """Remember the value, its place and the lines of all places."""
        self.value = value
        self.where = where
        self.lines = lines

    def fail(self, reason: str) -> NoReturn:
        """Refuse the document at this place."""
        raise RuleSetError(
            where=self.where, reason=reason, line=self.lines.get(self.where)
        )

    def members(self) -> "dict[str, Node]":
        """The members of an object, by name."""
        if not isinstance(self.value, dict):
            self.fail("must be an object")
        return {
            name: Node(value, _member(self.where, name), self.lines)
            for name, value in self.value.items()
        }

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
            yield Node(value, f"{self.where}[{index}]", self.lines)

    def filled(self) -> "list[Node]":
        """The items of a list that holds something."""
        items = [*self.items()]
        if not items:
            self.fail("must not be empty")
        return items

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

    def between(self, least: int, most: int) -> int:
        """A whole number from the least to the most, both included."""
        value = self.number()
        if not isinstance(value, int) or not least <= value <= most:
            self.fail(f"must be a whole number, {least} to {most}")
        return value

    def day(self) -> date:
        """A calendar day, written YYYY-MM-DD."""
        text = self.text()
        # Python reads 20240101 and 2024-W01-1 too; other readers do not.
        if not _DAY.fullmatch(text):
            self.fail("must be a day, YYYY-MM-DD")
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fail("must be a day of the calendar, YYYY-MM-DD")

    def one_of(self, *words: str) -> str:
        """One of these words."""
        if self.value not in words:
            self.fail(f"must be one of {', '.join(words)}")
        return str(self.value)


ROOT = "document"
_OBJECT, _LIST, _NEXT = "{", "[", ","
_DEEPEST = 32
_MOST_DIGITS = 300
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN = re.compile(r"[\w$-]+")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def _member(where: str, name: str) -> str:
    """The place of an object's member; no two members have the same."""
    if name == ROOT or not _PLAIN.fullmatch(name):
        return f"{where}[{json.dumps(name, ensure_ascii=False)}]"
    return name if where == ROOT else f"{where}.{name}"


def _places(given: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Every place of sound JSON text, by its tokens, with its line."""
    tokens = iter(given)
    return _under(ROOT, *next(tokens), tokens)


def _tokens(text: str) -> list[tuple[str, int]]:
    """The tokens with their lines."""
    tokens = []
    line = 1
    seen = 0
    for found in _TOKEN.finditer(text):
        line += text.count("\n", seen, found.start())
        seen = found.start()
        tokens.append((found.group(), line))
    return tokens


def _under(
    where: str, token: str, line: int, tokens: Iterator[tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """The place of the value that begins with this token, and all within it."""
    yield where, line
    if token not in (_OBJECT, _LIST):
        return
    index = 0
    inner, at = next(tokens)
    while inner not in ("}", "]"):
        if token == _LIST:
            yield from _under(f"{where}[{index}]", inner, at, tokens)
            index += 1
        elif inner != _NEXT:
            next(tokens)  # the colon
            place = _member(where, json.loads(inner))
            yield from _under(place, *next(tokens), tokens)
        inner, at = next(tokens)
        if token == _LIST and inner == _NEXT:
            inner, at = next(tokens)


def _refuse_depth(tokens: list[tuple[str, int]]) -> None:
    """Refuse what lies deeper than any reader of it could follow."""
    depth = 0
    for token, line in tokens:
        depth += (token in (_OBJECT, _LIST)) - (token in ("}", "]"))
        if depth > _DEEPEST:
            raise RuleSetError(
                where=ROOT, reason=f"is nested deeper than {_DEEPEST}", line=line
            )


def _whole(digits: str) -> int | float:
    """A whole number; infinite when no float could hold it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else inf


def read(text: str) -> Node:
    """Read JSON text into a node.

    Raises:
        RuleSetError: It is not JSON, is nested too deeply, or a member is given
            twice, where JSON would keep the last without a word.
    """
    tokens = _tokens(text)
    _refuse_depth(tokens)
    try:
        value = json.loads(text, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise RuleSetError(
            where=ROOT, reason=f"is not JSON: {error}", line=error.lineno
        ) from error
    lines: dict[str, int] = {}
    for where, line in _places(tokens):
        if where in lines:
            raise RuleSetError(
                where=where, reason="the member is given twice", line=line
            )
        lines[where] = line
    return Node(value, ROOT, lines)
