"""Codes that makers put on their packs: one table of schemes.

A new scheme is a new row of ``SCHEMES``. Where a standard's field widths are
not public, only what is known of it is checked: a code that is refused here
cannot be registered at all, so doubt goes to the code's side.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from battery_registry.domain import RegistryError
from battery_registry.domain.submission import CodeScheme

_PLAIN = re.compile(r"[0-9A-Z-]{4,64}")

# GB/T 45565-2025: an enterprise code of four characters without I and O opens
# the static part; "-" joins the dynamic part; a part "R" of its own between
# the two says second life. Lengths and the date table are not public.
_GBT45565 = re.compile(r"[0-9A-HJ-NP-Z]{4}[0-9A-Z]*(?P<second_life>-R)?-[0-9A-Z]+")

# GB/T 34014-2017: maker 3, form 1, chemistry 1, specification 2, trace 7,
# date 3, serial 7.
_GBT34014 = re.compile(r"[0-9A-Z]{3}[PMC][0-9A-Z]{13}(?P<serial>[0-9]{7})")

# GS1: a GTIN with a serial number, as element string (with or without
# brackets) or as Digital Link; or a GIAI.
_GS1_GTIN = re.compile(
    r"(?:.*/)?\(?01[)/]?(?P<gtin>[0-9]{14})[(/]?21[)/]?(?P<serial>[0-9A-Z-]{1,20})"
)
_GS1_GIAI = re.compile(r"(?:.*/)?\(?8004[)/]?(?P<giai>[0-9A-Z-]{1,30})")


class IdentifierError(RegistryError):
    """The code is not one of its scheme."""

    code: ClassVar[str] = "pack_code_invalid"


@dataclass(frozen=True, kw_only=True, slots=True)
class MakerCode:
    """A maker's code in the form it is looked up by.

    Args:
        scheme: Which scheme.
        issuer: Whose numbers these are: the maker's name, normalised, for the
            scheme ``maker``; empty for schemes that are unique by themselves.
        value: The code, upper case.
        second_life: The code itself says that the battery was reused.
    """

    scheme: CodeScheme
    issuer: str
    value: str
    second_life: bool = False


def parse(scheme: CodeScheme, value: str, *, maker: str | None = None) -> MakerCode:
    """Check a code by its scheme and bring it to the form it is kept in.

    Args:
        scheme: The scheme the inspector named.
        value: The code as read or scanned.
        maker: The maker's name on the label; only the scheme ``maker`` uses
            it. Without it the code stands for itself alone.

    Raises:
        IdentifierError: If it is not a code of that scheme; the field is
            ``pack_code``.
    """
    read = SCHEMES.get(scheme)
    if read is None:
        raise _refusal(scheme, "scheme_missing")
    text = "".join(unicodedata.normalize("NFKC", value).upper().split())
    return read(text, _normalised_name(maker or ""))


def _normalised_name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _refusal(scheme: CodeScheme, reason: str) -> IdentifierError:
    return IdentifierError(field="pack_code", scheme=scheme.value, reason=reason)


def _plain(scheme: CodeScheme, text: str) -> str:
    if not _PLAIN.fullmatch(text):
        raise _refusal(scheme, "characters")
    return text


def _read_maker(text: str, maker: str) -> MakerCode:
    value = _plain(CodeScheme.MAKER, text)
    return MakerCode(scheme=CodeScheme.MAKER, issuer=maker, value=value)


def _read_gbt45565(text: str, _maker: str) -> MakerCode:
    scheme = CodeScheme.GBT45565
    match = _GBT45565.fullmatch(_plain(scheme, text))
    if match is None:
        raise _refusal(scheme, "structure")
    return MakerCode(
        scheme=scheme,
        issuer="",
        value=text,
        second_life=match["second_life"] is not None,
    )


def _read_gbt34014(text: str, _maker: str) -> MakerCode:
    scheme = CodeScheme.GBT34014
    match = _GBT34014.fullmatch(text)
    if match is None or not int(match["serial"]):
        raise _refusal(scheme, "structure")
    return MakerCode(scheme=scheme, issuer="", value=text)


def _read_gs1(text: str, _maker: str) -> MakerCode:
    scheme = CodeScheme.GS1
    if trade_item := _GS1_GTIN.fullmatch(text):
        if not _gtin_fits(trade_item["gtin"]):
            raise _refusal(scheme, "check_digit")
        value = f"01{trade_item['gtin']}21{trade_item['serial']}"
    elif asset := _GS1_GIAI.fullmatch(text):
        value = f"8004{asset['giai']}"
    else:
        value = _plain(scheme, text)
    return MakerCode(scheme=scheme, issuer="", value=value)


def _gtin_fits(gtin: str) -> bool:
    """Check a GTIN-14: weights 3 and 1 from the left, sum a multiple of ten.

    Source: GS1 General Specifications, 7.9.1.
    """
    weighted = sum(
        int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(gtin)
    )
    return weighted % 10 == 0


SCHEMES: Final[Mapping[CodeScheme, Callable[[str, str], MakerCode]]] = MappingProxyType(
    {
        CodeScheme.GBT45565: _read_gbt45565,
        CodeScheme.GBT34014: _read_gbt34014,
        CodeScheme.GS1: _read_gs1,
        CodeScheme.MAKER: _read_maker,
    }
)
