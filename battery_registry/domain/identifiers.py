"""Codes that makers put on their packs: one reader a scheme, each a plug-in.

``SCHEMES`` are ours. Where a standard's field widths are not public, only what
is known of it is checked: a code that is refused here cannot be registered at
all, so doubt goes to the code's side. Who knows more, or reads a scheme by a
city's own rules, installs a reader as entry point of ``GROUP`` under the
scheme's name, and it takes our reader's place.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import ClassVar, Final

from battery_registry.domain import RegistryError
from battery_registry.domain.gs1 import check_digits
from battery_registry.domain.submission import CodeScheme

GROUP: Final = "battery_registry.code_schemes"

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
    read = _readers().get(scheme)
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


def read_maker(text: str, maker: str) -> MakerCode:
    """Read a maker's own number: 4 to 64 letters, digits and hyphens."""
    value = _plain(CodeScheme.MAKER, text)
    return MakerCode(scheme=CodeScheme.MAKER, issuer=maker, value=value)


def read_gbt45565(text: str, _maker: str) -> MakerCode:
    """Read a code of GB/T 45565-2025, as far as its structure is public."""
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


def read_gbt34014(text: str, _maker: str) -> MakerCode:
    """Read a code of GB/T 34014-2017: 24 characters, the serial above zero."""
    scheme = CodeScheme.GBT34014
    match = _GBT34014.fullmatch(text)
    if match is None or not int(match["serial"]):
        raise _refusal(scheme, "structure")
    return MakerCode(scheme=scheme, issuer="", value=text)


def read_gs1(text: str, _maker: str) -> MakerCode:
    """Read a GTIN with its serial number, a GIAI, or another value as it is."""
    scheme = CodeScheme.GS1
    if trade_item := _GS1_GTIN.fullmatch(text):
        if not check_digits.fits(trade_item["gtin"]):
            raise _refusal(scheme, "check_digit")
        value = f"01{trade_item['gtin']}21{trade_item['serial']}"
    elif asset := _GS1_GIAI.fullmatch(text):
        value = f"8004{asset['giai']}"
    else:
        value = _plain(scheme, text)
    return MakerCode(scheme=scheme, issuer="", value=value)


Reader = Callable[[str, str], MakerCode]
"""Takes a code, upper case without blanks, and the maker's name, normalised.

Raises ``IdentifierError`` when it is no code of the scheme.
"""

SCHEMES: Final[Mapping[CodeScheme, Reader]] = MappingProxyType(
    {
        CodeScheme.GBT45565: read_gbt45565,
        CodeScheme.GBT34014: read_gbt34014,
        CodeScheme.GS1: read_gs1,
        CodeScheme.MAKER: read_maker,
    }
)


def readers(installed: Iterable[EntryPoint]) -> Mapping[CodeScheme, Reader]:
    """Put plug-ins in the places of our readers.

    Args:
        installed: Entry points of ``GROUP``, ours among them or not.

    Raises:
        ValueError: Two plug-ins read one scheme, or one reads a scheme that the
            wire does not know: rather not start than read codes by chance.
    """
    found: dict[CodeScheme, Reader] = {}
    for entry in installed:
        if entry.module == __name__:
            continue
        scheme = CodeScheme(entry.name)
        if scheme in found or scheme not in SCHEMES:
            raise ValueError(f"the code scheme {scheme} has no place for {entry.value}")
        found[scheme] = entry.load()
    return MappingProxyType({**SCHEMES, **found})


@cache
def _readers() -> Mapping[CodeScheme, Reader]:
    return readers(entry_points(group=GROUP))
