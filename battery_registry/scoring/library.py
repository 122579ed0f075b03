"""The rule sets that come with the package: the one place here that reads files."""

import json
from functools import cache
from importlib.resources import files

from battery_registry.scoring.document import RuleSetError
from battery_registry.scoring.parsing import parse, sha256_of
from battery_registry.scoring.ruleset import RuleSet

_FOLDER = files("battery_registry.scoring").joinpath("rulesets")


def check(text: str, *, name: str, sha256: str) -> str:
    """A released document, unless it was changed since.

    Raises:
        RuleSetError: Its hash is another one than the index says.
    """
    found = sha256_of(text)
    if found != sha256:
        raise RuleSetError(
            where=name, reason=f"its SHA-256 is {found}, the index says {sha256}"
        )
    return text


def document(name: str) -> str:
    """The text of a file beside the rule sets."""
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")


@cache
def load(ruleset_id: str) -> RuleSet:
    """The rule set of that id; read once.

    Raises:
        RuleSetError: There is none, it was changed since its release, or it is
            not sound.
    """
    released = json.loads(document("INDEX.json"))["rulesets"]
    if ruleset_id not in released:
        raise RuleSetError(where="INDEX.json", reason=f"holds no {ruleset_id!r}")
    entry = released[ruleset_id]
    text = document(entry["file"])
    return parse(check(text, name=entry["file"], sha256=entry["sha256"]))
