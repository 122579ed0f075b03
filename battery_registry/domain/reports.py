"""What a resident may tell without an account, and when it is too much."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.code import PublicCode

SHORTEST_NOTE: Final = 5
LONGEST_NOTE: Final = 500
LONGEST_CONTACT: Final = 100
MOST_A_DAY: Final = 20
"""Of one battery; nobody reads more, and a flood would hide the true one."""
FORGOTTEN_AFTER: Final = timedelta(days=90)
"""From settling it until note and contact are erased (reference/domain.md 7)."""


class ReportKind(StrEnum):
    """What it is about."""

    FOUND = "found"
    SUSPICIOUS = "suspicious"
    WRONG_ENTRY = "wrong_entry"


class ReportKindError(RegistryError):
    """It is none of the kinds."""

    code: ClassVar[str] = "report_kind"


class ReportNoteError(RegistryError):
    """Too short to act upon, too long to read, or not plain text."""

    code: ClassVar[str] = "report_note"


class ReportContactError(RegistryError):
    """How to reach the reporter is too long or not plain text."""

    code: ClassVar[str] = "report_contact"


class ReportCodeError(RegistryError):
    """A wrong entry is of one battery: its code is needed."""

    code: ClassVar[str] = "report_code"


class TooManyReportsError(RegistryError):
    """Enough is known about this battery today."""

    code: ClassVar[str] = "report_too_many"
    kind: ClassVar[Kind] = Kind.TOO_MANY


class ReportUnknownError(RegistryError):
    """There is no such report, or it is another district's."""

    code: ClassVar[str] = "report_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a resident tells.

    Args:
        kind: What it is about.
        note: What was seen and where, 5 to 500 characters.
        public_code: The battery's code; needed for a wrong entry.
        district_code: Where it is; of a labelled battery its own.
        contact: How to reach the resident, if they want to be.

    Raises:
        ReportNoteError, ReportContactError, ReportCodeError: As they say.
    """

    kind: ReportKind
    note: str
    public_code: PublicCode | None = None
    district_code: str | None = None
    contact: str | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody could act upon."""
        if not SHORTEST_NOTE <= len(self.note) <= LONGEST_NOTE or _odd(self.note):
            raise ReportNoteError(
                field="note", shortest=SHORTEST_NOTE, longest=LONGEST_NOTE
            )
        contact = self.contact or ""
        if len(contact) > LONGEST_CONTACT or _odd(contact):
            raise ReportContactError(field="contact", longest=LONGEST_CONTACT)
        if self.kind is ReportKind.WRONG_ENTRY and self.public_code is None:
            raise ReportCodeError(field="code")


def kind_of(text: str) -> ReportKind:
    """Read a kind.

    Raises:
        ReportKindError: It is none.
    """
    try:
        return ReportKind(text)
    except ValueError:
        raise ReportKindError(field="kind") from None


def _odd(text: str) -> bool:
    return any(
        unicodedata.category(sign) in {"Cc", "Cs", "Cn"} and sign not in "\n\r\t"
        for sign in text
    )
