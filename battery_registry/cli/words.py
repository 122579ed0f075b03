"""Refusals in words, from the same catalogue as the pages', in English."""

import gettext
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from battery_registry.domain import RegistryError

_CATALOGUES = Path(__file__).parent.parent / "translations"


def in_words(refusal: RegistryError) -> str:
    """Put a refusal into one line that names the field at fault."""
    return "; ".join(
        f"{field}: {text}" if field else text for field, text in faults(refusal)
    )


def faults(refusal: RegistryError) -> Iterator[tuple[str, str]]:
    """Yield every field at fault with its fault in words."""
    listed = refusal.extra.get("errors")
    if isinstance(listed, list):
        for fault in listed:
            yield str(fault["field"]), _fault(str(fault["detail"]))
        return
    yield refusal.field or "", _sentence(refusal)


def _sentence(refusal: RegistryError) -> str:
    key = f"refusal.{refusal.code}"
    text = _catalogue().gettext(key)
    if text != key:
        return text % refusal.params if refusal.params else text
    told = ", ".join(f"{name} {value}" for name, value in refusal.params.items())
    text = refusal.code.replace("_", " ")
    return f"{text} ({told})" if told else text


def _fault(told: str) -> str:
    key, *values = told.split("|")
    text = _catalogue().gettext(key)
    if text != key:
        return text.format(*values)
    return " ".join([key.removeprefix("wire.").replace("_", " "), *values])


@cache
def _catalogue() -> gettext.NullTranslations:
    # Before the catalogues are compiled, the codes themselves must do.
    return gettext.translation("messages", _CATALOGUES, ["en"], fallback=True)
