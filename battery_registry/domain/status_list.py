"""Which clearances were taken back: a W3C Bitstring Status List.

Source: Bitstring Status List v1.0, W3C Recommendation of 15 May 2025, sections
2.2 (the list's credential), 3.1 and 3.2 (how it is made and read).
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from battery_registry.domain import Kind, RegistryError, jwk

ENTRIES: Final = 1_048_576
"""Eight times the least the standard allows, so that a place says nothing."""
LEAST_ENTRIES: Final = 131_072

LIFETIME: Final = timedelta(hours=1)
TTL: Final = timedelta(minutes=5)

_GZIP: Final = 31
_MULTIBASE_BASE64URL: Final = "u"
_LARGEST_BYTES: Final = 16 * ENTRIES // 8


class StatusListError(RegistryError):
    """It is no list of this standard, or the place lies outside of it."""

    code: ClassVar[str] = "status_list_invalid"
    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusList:
    """A list as it was signed.

    Args:
        issuer: Who signed it.
        address: Where the newest one is.
        valid_from: When it was made, aware.
        valid_until: When it is too old to be believed.
        bits: The list itself, unpacked.
    """

    issuer: str
    address: str
    valid_from: datetime
    valid_until: datetime
    bits: bytes

    def is_set(self, position: int) -> bool:
        """Whether the clearance at a place was taken back.

        Raises:
            StatusListError: There is no such place.
        """
        if not 0 <= position < len(self.bits) * 8:
            raise StatusListError(why="no such place")
        # The first entry is the leftmost bit, section 3.1.
        return bool(self.bits[position // 8] >> (7 - position % 8) & 1)


def credential(
    positions: Iterable[int], *, issuer: str, address: str, now: datetime
) -> dict[str, Any]:
    """Make the credential that is signed.

    Args:
        positions: The places of clearances that were taken back.
        issuer: The registry's address.
        address: Where this list is read.
        now: The time, aware.
    """
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": spell(now),
        "validUntil": spell(now + LIFETIME),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(positions),
            "ttl": int(TTL.total_seconds() * 1000),
        },
    }


def encode(positions: Iterable[int]) -> str:
    """Write the list: gzip, base64url, multibase's ``u`` before it."""
    bits = bytearray(ENTRIES // 8)
    for position in positions:
        bits[position // 8] |= 1 << (7 - position % 8)
    # A header without a time: the same list has the same bytes.
    packer = zlib.compressobj(wbits=_GZIP)
    return _MULTIBASE_BASE64URL + jwk.encode(
        packer.compress(bytes(bits)) + packer.flush()
    )


def read(told: object) -> StatusList:
    """Read a credential whose signature was checked.

    Raises:
        StatusListError: It is not a list for revocations.
    """
    try:
        return _read(told)
    except (KeyError, TypeError, ValueError, zlib.error):
        raise StatusListError(why="not a status list") from None


def _read(told: Any) -> StatusList:
    subject: Mapping[str, Any] = told["credentialSubject"]
    is_ours = (
        "BitstringStatusListCredential" in told["type"]
        and subject["type"] == "BitstringStatusList"
        and subject["statusPurpose"] == "revocation"
    )
    if not is_ours:
        raise StatusListError(why="not a list of revocations")
    return StatusList(
        issuer=str(told["issuer"]),
        address=str(told["id"]),
        valid_from=datetime.fromisoformat(told["validFrom"]).astimezone(UTC),
        valid_until=datetime.fromisoformat(told["validUntil"]).astimezone(UTC),
        bits=_decode(subject["encodedList"]),
    )


def _decode(text: str) -> bytes:
    if not text.startswith(_MULTIBASE_BASE64URL):
        raise ValueError
    unpacker = zlib.decompressobj(wbits=_GZIP)
    # A small text can unpack to more than a verifier's memory.
    bits = unpacker.decompress(jwk.decode(text[1:]), _LARGEST_BYTES)
    if not unpacker.eof or len(bits) * 8 < LEAST_ENTRIES:
        raise ValueError
    return bits


def spell(at: datetime) -> str:
    """Spell a time in whole seconds of UTC."""
    return f"{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"
