"""How large a file may be, and what a zip may unpack to; asked before opening it."""

import zipfile
from pathlib import Path

from instruments.reading import ReadingError

MIB = 1024 * 1024
# a day of records at 10 Hz is 100 MiB of text
MAX_TEXT_BYTES = 256 * MIB
MAX_BINARY_BYTES = 64 * MIB
MAX_MEMBERS = 1000
MAX_UNPACKED_BYTES = 1024 * MIB
# of a large member: small ones of real files reach 194
MAX_RATIO = 200
_RATIO_FROM_BYTES = 64 * MIB
# an encrypted member has bit 0 of its flags set
_ENCRYPTED = 1


def check_size(path: Path, *, most: int) -> None:
    """Refuse a file that is too large to be read.

    Raises:
        ReadingError: It is, or it cannot be looked at.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ReadingError(
            "not_opened", f"{path.name} cannot be opened: {error.strerror}."
        ) from error
    if size > most:
        raise ReadingError(
            "too_large",
            f"{path.name} is larger than {most // MIB or 1} MiB.",
            "Export a shorter test.",
        )


def check_zip(path: Path) -> None:
    """Refuse a zip that is broken, locked, or unpacks to more than a test holds.

    A file that is no zip passes.

    Raises:
        ReadingError: Saying which limit it breaks.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ReadingError(
            "unreadable",
            f"{path.name} is a damaged or cut-off file.",
            "Copy or export it again.",
        ) from error
    if len(members) > MAX_MEMBERS:
        raise ReadingError(
            "too_large", f"{path.name} holds {len(members)} files in one."
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES or any(map(_is_bomb, members)):
        raise ReadingError(
            "too_large",
            f"{path.name} unpacks to {unpacked} bytes, more than a test can hold.",
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise ReadingError(
            "locked", f"{path.name} is locked by a password.", "Save it without one."
        )


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _RATIO_FROM_BYTES and member.file_size > MAX_RATIO * max(
        member.compress_size, 1
    )
