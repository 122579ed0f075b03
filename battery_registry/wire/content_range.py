"""Which part of a recording a request carries: ``Content-Range``."""

import re
from dataclasses import dataclass

from battery_registry.domain import Kind, RegistryError

_RANGE = re.compile(r"bytes (?:(\d{1,12})-(\d{1,12})|\*)/(\d{1,12})", re.ASCII)


class WrongRangeError(RegistryError):
    """The range cannot be read, or it is not that of the body."""

    code = "recording_range"
    kind = Kind.MALFORMED


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Where a body begins in the whole, and how long that is.

    Args:
        offset: First byte; None only asks how much is there.
        total: Bytes of the whole.
    """

    offset: int | None
    total: int


def parse(header: str | None, *, length: int) -> Range:
    """Read the header; a body without one is the whole.

    Args:
        header: Its text (RFC 9110, section 14.4), in bytes of what is unpacked.
        length: Bytes of the unpacked body.

    Raises:
        WrongRangeError: It is another form, or another length.
    """
    if header is None:
        return Range(offset=0, total=length)
    shape = _RANGE.fullmatch(header.strip())
    if shape is None:
        raise WrongRangeError(field="Content-Range")
    total = int(shape[3])
    if shape[1] is None:
        return Range(offset=None, total=total)
    first, last = int(shape[1]), int(shape[2])
    if not first <= last < total or last - first + 1 != length:
        raise WrongRangeError(field="Content-Range")
    return Range(offset=first, total=total)
