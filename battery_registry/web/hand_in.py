"""Hand inspections in from a page: the same check, the same way as the API's."""

from collections.abc import Sequence
from datetime import datetime

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.services.intake import Desk
from battery_registry.wire import deliveries, json_text
from battery_registry.wire.deliveries import Handed, Result


class UnreadableFileError(RegistryError):
    """The file is neither JSON nor one JSON object a line."""

    code = "upload_unreadable"


class UnreadableLineError(RegistryError):
    """One line of a file is no JSON; the others are not concerned."""

    code = "upload_line_unreadable"


class EmptyFileError(RegistryError):
    """The file holds no inspection."""

    code = "upload_empty"


class FileTooLongError(RegistryError):
    """The file holds more than 500 inspections."""

    code = "upload_too_many"


def read_file(raw: bytes) -> Sequence[object]:
    """Read a file of inspections: an object, a list, a batch, or JSON lines.

    A line that cannot be read is told as its refusal, in its place.

    Raises:
        UnreadableFileError: It is none of these.
        EmptyFileError: There is nothing in it.
        FileTooLongError: It holds more than 500.
    """
    found = _members(raw.removeprefix(b"\xef\xbb\xbf"))
    if not found:
        raise EmptyFileError(field="file")
    if len(found) > deliveries.MOST:
        raise FileTooLongError(field="file", limit=deliveries.MOST)
    return found


def _members(raw: bytes) -> Sequence[object]:
    try:
        whole = json_text.parse(raw) if raw.strip() else []
    except RegistryError:
        return _lines(raw)
    if isinstance(whole, dict) and isinstance(whole.get("inspections"), list):
        return list(whole["inspections"])
    return whole if isinstance(whole, list) else [whole]


def _lines(raw: bytes) -> Sequence[object]:
    found = [
        _line(line, number)
        for number, line in enumerate(raw.splitlines(), start=1)
        if line.strip()
    ]
    # Without a single inspection it is another kind of file, not one with faults.
    if not any(isinstance(each, dict) for each in found):
        raise UnreadableFileError(field="file")
    return found


def _line(line: bytes, number: int) -> object:
    try:
        return json_text.parse(line)
    except RegistryError:
        return UnreadableLineError(line=number)


def hand_in(raws: Sequence[object]) -> list[Result]:
    """Take inspections in; a bad one never costs a good one its place.

    Args:
        raws: What each was read as, or the refusal of one that was not.

    Raises:
        StationRequiredError: The caller is bound to no station.
    """
    runtime, now = context.runtime(), context.now()
    desk = Desk(
        caller=context.caller(),
        ruleset=runtime.ruleset,
        vault=runtime.vault,
        terms=runtime.terms,
    )
    delivery = [_handed(raw, now) for raw in raws]
    return deliveries.hand_in(delivery, run=context.transact, desk=desk, now=now)


def _handed(raw: object, now: datetime) -> Handed:
    if isinstance(raw, RegistryError):
        return Handed(inspection_id=None, refusal=raw)
    (handed,) = deliveries.read([raw], now=now)
    return handed
