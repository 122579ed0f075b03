"""Labels: blank ones printed ahead, and those of batteries printed again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError, code, red_tag
from battery_registry.domain.code import PublicCode
from battery_registry.domain.registration import LabelReplacedError, LabelUnknownError
from battery_registry.services.label_layout import LabelText
from battery_registry.services.label_sheets import Carries, SheetTemplate
from battery_registry.store import batteries
from battery_registry.store.tables.batteries import label
from battery_registry.store.tables.cases import case

MOST_AT_ONCE = 10_000


class LabelCountError(RegistryError):
    """Nobody prints so many labels, or so few, at once."""

    code = "label_count"


class NoRedCaseError(RegistryError):
    """The tag of a red pack is printed for one with an open case only."""

    code = "red_tag_without_case"
    kind = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True, slots=True)
class Printer:
    """What every label of a print has in common.

    Args:
        base_url: The registry's address.
        signing_key: 32 secret bytes; signs the tags of red packs.
        caption: One more line on every label.
    """

    base_url: str
    signing_key: bytes
    caption: str = ""


def make_blank(
    session: Session, *, count: int, organisation_id: UUID | None, now: datetime
) -> tuple[PublicCode, ...]:
    """Make codes of blank labels, to be claimed at a station.

    Args:
        session: A transaction that writes.
        count: 1 to 10,000.
        organisation_id: Who gets the labels; None is anybody.
        now: The time of the request.

    Raises:
        LabelCountError: Too many or too few.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise LabelCountError(field="count", least=1, most=MOST_AT_ONCE)
    codes = tuple(
        code.mint(secrets.token_bytes(code.RANDOM_BYTES)) for _ in range(count)
    )
    session.execute(
        insert(label),
        [
            {"code": made, "made_at": now, "organisation_id": organisation_id}
            for made in codes
        ],
    )
    return codes


def get_labels(session: Session, *, codes: Sequence[str]) -> tuple[PublicCode, ...]:
    """Get labels to print again, in the order asked for.

    Args:
        session: Any session.
        codes: As typed or scanned.

    Raises:
        MalformedCodeError: A text is no public code.
        CodeCheckError: A code has a typing error.
        LabelUnknownError: No label with a code was ever made.
        LabelReplacedError: A label was replaced by another; print that one.
    """
    wanted = tuple(code.parse(text) for text in codes)
    found = batteries.find_labels(session, codes=set(wanted))
    for one in wanted:
        row = found.get(one)
        if row is None:
            raise LabelUnknownError(field="code", label=code.show(one))
        if row.replaced_by is not None:
            raise LabelReplacedError(
                field="code",
                label=code.show(one),
                new=code.show(PublicCode(row.replaced_by)),
            )
    return wanted


def get_printable(
    session: Session, *, codes: Sequence[str], template: SheetTemplate
) -> tuple[PublicCode, ...]:
    """Get labels to print on a template, as ``get_labels`` does.

    Raises:
        NoRedCaseError: A red pack's tag is asked for a pack without an open case.
        RegistryError: As ``get_labels``.
    """
    wanted = get_labels(session, codes=codes)
    if template.carries is Carries.RED_TAG:
        red = set(
            session.scalars(
                select(label.c.code)
                .join(case, case.c.battery_id == label.c.battery_id)
                .where(label.c.code.in_(wanted), case.c.closed_at.is_(None))
            )
        )
        for one in wanted:
            if one not in red:
                raise NoRedCaseError(field="code", label=code.show(one))
    return wanted


def refuse_blank_tags(template: SheetTemplate) -> None:
    """Refuse blank tags: a tag is a red pack's own from the start.

    Raises:
        NoRedCaseError: The template is a red pack's tag.
    """
    if template.carries is Carries.RED_TAG:
        raise NoRedCaseError(field="template", label="")


def texts(
    codes: Sequence[PublicCode], *, template: SheetTemplate, printer: Printer
) -> tuple[LabelText, ...]:
    """Write what labels carry: an address, or a red pack's signed one."""
    is_tag = template.carries is Carries.RED_TAG
    return tuple(
        LabelText(
            code=one,
            url=(
                red_tag.address(
                    printer.base_url, public_code=one, key=printer.signing_key
                )
                if is_tag
                else code.url(printer.base_url, code=one)
            ),
            caption=printer.caption,
        )
        for one in codes
    )
