"""Bodies that may be packed: gzip, unpacked no further than a limit."""

import zlib

from battery_registry.domain import RegistryError

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class UnknownPackingError(RegistryError):
    """The body is packed in a way that is not taken here."""

    code = "body_packing_unknown"


class DamagedPackingError(RegistryError):
    """The body is not what its packing says."""

    code = "body_packing_damaged"


class UnpackedTooLargeError(RegistryError):
    """The body is too large once it is unpacked."""

    code = "body_unpacked_too_large"


def unpack(content: bytes, *, encoding: str | None, most_bytes: int) -> bytes:
    """Unpack a body by its ``Content-Encoding``.

    Raises:
        UnknownPackingError: It is neither ``gzip`` nor plain.
        DamagedPackingError: It is no gzip of one member, or it is cut off.
        UnpackedTooLargeError: It has more than ``most_bytes``.
    """
    named = (encoding or "").strip().lower()
    if named in {"", "identity"}:
        return _within(content, most_bytes)
    if named not in {"gzip", "x-gzip"}:
        raise UnknownPackingError(field="Content-Encoding")
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        plain = unpacker.decompress(content, most_bytes + 1)
    except zlib.error:
        raise DamagedPackingError(field="Content-Encoding") from None
    _within(plain, most_bytes)
    # What stands behind the end, such as a second member, is not dropped unseen.
    if not unpacker.eof or unpacker.unused_data:
        raise DamagedPackingError(field="Content-Encoding")
    return plain


def _within(content: bytes, most_bytes: int) -> bytes:
    if len(content) > most_bytes:
        raise UnpackedTooLargeError(field="Content-Encoding", mib=most_bytes >> 20)
    return content
