"""The rule sets that come with the package: the one place here that reads files."""

from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations

from battery_registry.scoring.document import Node, RuleSetError, read
from battery_registry.scoring.parsing import parse, sha256_of
from battery_registry.scoring.ruleset import RuleSet

_FOLDER = files("battery_registry.scoring").joinpath("rulesets")
_INDEX = "INDEX.json"


def document(name: str) -> str:
    """The text of a file beside the rule sets."""
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")


def check(text: str, *, ruleset_id: str, entry: Node) -> RuleSet:
    """A released rule set, unless it was changed since.

    Args:
        text: The document.
        ruleset_id: The id under which the index holds it.
        entry: What the index says of it.

    Raises:
        RuleSetError: Its id, hash, area or days are others than the index says,
            or it is not sound.
    """
    found = sha256_of(text)
    if found != entry.get("sha256").value:
        entry.get("sha256").fail(f"is not the file's, which is {found}")
    ruleset = parse(text)
    if ruleset.id != ruleset_id:
        entry.fail(f"is not the document's id {ruleset.id}")
    until = ruleset.effective_to
    told = {
        "area": ruleset.area,
        "effective_from": ruleset.effective_from.isoformat(),
        "effective_to": None if until is None else until.isoformat(),
    }
    for name, value in told.items():
        if entry.get(name).value != value:
            entry.get(name).fail(f"is not the document's {value}")
    return ruleset


def read_index(text: str) -> dict[str, Node]:
    """What was released, by id.

    Raises:
        RuleSetError: Two sets of one area are in force on one day.
    """
    entries = read(text).get("rulesets").members()
    for one, other in combinations(entries.values(), 2):
        same_area = one.get("area").value == other.get("area").value
        if same_area and _begins(one) <= _ends(other) and _begins(other) <= _ends(one):
            other.get("effective_from").fail(f"overlaps with {one.where}")
    return entries


def _begins(entry: Node) -> date:
    return entry.get("effective_from").day()


def _ends(entry: Node) -> date:
    until = entry.get("effective_to")
    return date.max if until.value is None else until.day()


@cache
def load(ruleset_id: str) -> RuleSet:
    """The rule set of that id; read once.

    Raises:
        RuleSetError: There is none, it was changed since its release, or it is
            not sound; the line is that of the document, or of the index.
    """
    entries = read_index(document(_INDEX))
    if ruleset_id not in entries:
        raise RuleSetError(where=_INDEX, reason=f"holds no {ruleset_id!r}")
    entry = entries[ruleset_id]
    text = document(entry.get("file").text())
    return check(text, ruleset_id=ruleset_id, entry=entry)
