"""What parts a photo's file has, and which of them say more than its pixels.

Everything is a list of parts: segments of a JPEG (ITU-T T.81, annex B), chunks
of a PNG (W3C PNG, section 5) and of a WebP (RFC 9649, section 2). What is not
known to be needed for drawing is taken for more: a place, a sound, the film
that a telephone hangs on behind the picture, or another file altogether.
"""

from collections.abc import Iterator
from typing import Final

_PNG_HEAD: Final = 8
_PNG_PLAIN: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD hIST cICP".split()
)
_WEBP_HEAD: Final = 12
_WEBP_PLAIN: Final = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"])
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_LONELY: Final = frozenset([0x01, *range(0xD0, 0xD9)])
# Of the segments for applications these alone change how pixels look.
_APP: Final = range(0xE0, 0xF0)
_APP_PLAIN: Final = {
    0xE0: (b"JFIF\0",),
    0xE2: (b"ICC_PROFILE\0",),
    0xEE: (b"Adobe",),
}


def tells_more(content: bytes, *, form: str) -> bool:
    """Whether a file holds anything beside what it takes to draw it.

    Args:
        content: A file that has been drawn without a fault.
        form: ``JPEG``, ``PNG`` or ``WEBP``.
    """
    if form == "JPEG":
        return _jpeg_tells(content)
    parts = _png_chunks(content) if form == "PNG" else _webp_chunks(content)
    plain = _PNG_PLAIN if form == "PNG" else _WEBP_PLAIN
    reached = 0
    for name, end in parts:
        if name not in plain:
            return True
        reached = end
    return reached != len(content)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Each chunk's name, and where it ends; none behind the last one."""
    at, name = _PNG_HEAD, b""
    while at + 12 <= len(content) and name != b"IEND":
        size, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        at += 12 + size
        yield name, at


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, int]]:
    at = _WEBP_HEAD
    while at + 8 <= len(content):
        name = content[at : at + 4]
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
        yield name, at


def _jpeg_tells(content: bytes) -> bool:
    for marker, start, end in _segments(content):
        if marker == _END:
            return end != len(content)
        plain = _APP_PLAIN.get(marker, ())
        if marker in _APP and not content.startswith(plain, start):
            return True
        if marker == _COMMENT or _has_thumbnail(marker, content[start:end]):
            return True
    return True


def _has_thumbnail(marker: int, data: bytes) -> bool:
    """A JFIF head may carry a small picture of its own, perhaps another one."""
    return marker == _APP.start and any(data[12:14])


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment's marker and where its data begin and end."""
    at = 0
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == _END or marker in _LONELY:
            at += 2
            yield marker, at, at
        else:
            end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
            yield marker, at + 4, end
            at = _after_scan(content, end) if marker == _SCAN else end


def _after_scan(content: bytes, at: int) -> int:
    """Where the coded pixels end: at the next mark that is none of theirs."""
    while (at := content.find(b"\xff", at)) >= 0:
        following = content[at + 1 : at + 2]
        if following and following[0] not in {0x00, 0xFF, *range(0xD0, 0xD8)}:
            return at
        at += 1
    return len(content)
