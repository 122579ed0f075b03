"""Hand inspections in from a page: the same check, the same way as the API's."""

from collections.abc import Sequence

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.services.intake import Desk
from battery_registry.wire import deliveries, json_text
from battery_registry.wire.deliveries import Result


class UnreadableFileError(RegistryError):
    """The file is neither JSON nor one JSON object a line."""

    code = "upload_unreadable"


class EmptyFileError(RegistryError):
    """The file holds no inspection."""

    code = "upload_empty"


class FileTooLongError(RegistryError):
    """The file holds more than 500 inspections."""

    code = "upload_too_many"


def read_file(raw: bytes) -> Sequence[object]:
    """Read a file of inspections: an object, a list, a batch, or JSON lines.

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
    lines = [line for line in raw.splitlines() if line.strip()]
    try:
        whole = json_text.parse(raw) if lines else []
    except RegistryError:
        try:
            return [json_text.parse(line) for line in lines]
        except RegistryError:
            raise UnreadableFileError(field="file") from None
    if isinstance(whole, dict) and isinstance(whole.get("inspections"), list):
        return list(whole["inspections"])
    return whole if isinstance(whole, list) else [whole]


def hand_in(raws: Sequence[object]) -> list[Result]:
    """Take inspections in; a bad one never costs a good one its place.

    Raises:
        StationRequiredError: The caller is bound to no station.
    """
    runtime, now = context.runtime(), context.now()
    desk = Desk(caller=context.caller(), ruleset=runtime.ruleset, vault=runtime.vault)
    delivery = deliveries.read(raws, now=now)
    return deliveries.hand_in(delivery, run=context.transact, desk=desk, now=now)
