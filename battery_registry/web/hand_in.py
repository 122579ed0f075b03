"""Hand inspections in from a page: the same check, the same way as the API's."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.submission import Submission
from battery_registry.services import intake
from battery_registry.services.intake import Desk, Status
from battery_registry.services.receipts import Receipt
from battery_registry.store.db import NotStoredError
from battery_registry.wire import json_text
from battery_registry.wire.inspections import parse_inspection

MOST_AT_ONCE = 500


class UnreadableFileError(RegistryError):
    """The file is neither JSON nor one JSON object a line."""

    code = "upload_unreadable"


class EmptyFileError(RegistryError):
    """The file holds no inspection."""

    code = "upload_empty"


class FileTooLongError(RegistryError):
    """The file holds more than 500 inspections."""

    code = "upload_too_many"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """What became of one inspection: a receipt, or why it was refused."""

    status: Status
    inspection_id: str | None
    receipt: Receipt | None = None
    refusal: RegistryError | None = None


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
    if len(found) > MOST_AT_ONCE:
        raise FileTooLongError(field="file", limit=MOST_AT_ONCE)
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


def hand_in(raws: Sequence[object]) -> list[Item]:
    """Take inspections in; a bad one never costs a good one its place.

    Raises:
        StationRequiredError: The caller is bound to no station.
    """
    parsed = [_parse(raw) for raw in raws]
    try:
        return context.transact(lambda session: _accept(session, parsed))
    except NotStoredError:
        return [_accept_alone(one) for one in parsed]


def _parse(raw: object) -> Submission | Item:
    try:
        return parse_inspection(raw, now=context.now())
    except RegistryError as refusal:
        told = raw.get("inspection_id") if isinstance(raw, dict) else None
        return _refused(told if isinstance(told, str) else None, refusal)


def _refused(inspection_id: str | UUID | None, refusal: RegistryError) -> Item:
    return Item(
        status=Status.REFUSED,
        inspection_id=str(inspection_id) if inspection_id else None,
        refusal=refusal,
    )


def _accept(
    session: context.Session, parsed: Sequence[Submission | Item]
) -> list[Item]:
    submissions = [one for one in parsed if isinstance(one, Submission)]
    runtime = context.runtime()
    outcomes = iter(
        intake.accept(
            session,
            submissions=submissions,
            desk=Desk(
                caller=context.caller(),
                ruleset=runtime.ruleset,
                vault=runtime.vault,
            ),
            now=context.now(),
        )
    )
    return [one if isinstance(one, Item) else _item(next(outcomes)) for one in parsed]


def _item(outcome: intake.Outcome) -> Item:
    return Item(
        status=outcome.status,
        inspection_id=str(outcome.inspection_id),
        receipt=outcome.receipt,
        refusal=outcome.refusal,
    )


def _accept_alone(one: Submission | Item) -> Item:
    if isinstance(one, Item):
        return one
    try:
        return context.transact(lambda session: _accept(session, [one])[0])
    except NotStoredError as refusal:
        return _refused(one.inspection_id, refusal)
