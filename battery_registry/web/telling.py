"""Do what a button asks for, and tell on the next page what came of it."""

from collections.abc import Callable

from flask import flash

from battery_registry import context
from battery_registry.context import Session
from battery_registry.domain import Kind, RegistryError
from battery_registry.web import errors

_TOLD_ON_THE_PAGE = frozenset({Kind.CONFLICT, Kind.INVALID})


def act(work: Callable[[Session], object], *, done: str) -> None:
    """Do something in the request's transaction, and tell it on the next page.

    What the state of things does not allow is told there too, beside what the
    person was looking at.

    Args:
        work: What to do.
        done: The words for when it is done.

    Raises:
        RegistryError: It is not the caller's to do, or not there.
    """
    try:
        context.transact(work)
    except RegistryError as refusal:
        if refusal.kind not in _TOLD_ON_THE_PAGE:
            raise
        flash(errors.words(refusal), "refusal")
    else:
        flash(done)
