"""Answer one scan of many: as JSON to the page's script, or by the page again."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from flask import Response, flash, jsonify, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.code import PublicCode
from battery_registry.web import errors

CATEGORY = "scan"


class Mark(StrEnum):
    """What a scan looks and sounds like."""

    GOOD = "good"
    AGAIN = "again"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What is told of one scan.

    Args:
        mark: Its shape and sound.
        words: What came of it.
        code: The label as people read it, or what was scanned.
        counts: Whether it is one more of what is counted.
    """

    mark: Mark
    words: str
    code: str
    counts: bool = False


def told(mark: Mark, key: str, code: PublicCode, *, counts: bool) -> Told:
    """Tell what came of a scan by the key of its words."""
    return Told(
        mark=mark, words=context.text(key), code=codes.show(code), counts=counts
    )


def refused(refusal: RegistryError, scan: str) -> Told:
    """Tell why a scan did nothing."""
    return Told(mark=Mark.BAD, words=errors.words(refusal), code=scan[:40])


def answer(what: Told, *, back: str) -> Response:
    """Answer the page's script, or go back to the page, which tells it."""
    accepts = request.accept_mimetypes
    if accepts.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(asdict(what))
    flash(asdict(what), CATEGORY)  # type: ignore[arg-type]  # a session keeps any JSON
    return make_response(redirect(back, 303))
