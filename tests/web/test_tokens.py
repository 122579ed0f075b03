"""The colours: every ink can be read on every ground, in light and dark."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from battery_registry.web.showing import STATIC

_TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
_INKS = (
    *("ink", "soft", "link", "fault"),
    *("ink-green", "ink-red", "ink-yellow", "ink-grey"),
)
_PAIRS = (
    *((ink, ground) for ink in _INKS for ground in ("paper", "panel")),
    ("button-ink", "button"),
    ("yellow-text", "yellow"),
)
_LEAST_AA = 4.5
_HEX = re.compile(r"--([a-z-]+): (#[0-9a-f]{3}(?:[0-9a-f]{3})?)\b")
_ANY_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsl\(")
_BLACK_OR_WHITE = {"#fff", "#000"}


def schemes() -> dict[str, dict[str, str]]:
    """Read what each token is in light, and in dark over it."""
    blocks = re.split(r"@media ", _TOKENS)
    light = dict(_HEX.findall(blocks[0]))
    dark = next(block for block in blocks if block.startswith("(prefers-color"))
    return {"light": light, "dark": {**light, **dict(_HEX.findall(dark))}}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    shares = [int(digits[at:end], 16) / 255 for at, end in pairwise((0, 2, 4, 6))]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_ink_can_be_read(scheme: str) -> None:
    told = schemes()[scheme]
    poor = {
        (ink, ground): round(contrast(told[ink], told[ground]), 2)
        for ink, ground in _PAIRS
        if contrast(told[ink], told[ground]) < _LEAST_AA
    }
    assert poor == {}


def test_white_can_be_read_on_the_codes() -> None:
    told = schemes()["light"]
    for code in ("green", "red", "grey"):
        assert contrast("#fff", told[code]) >= _LEAST_AA, code


@pytest.mark.parametrize("sheet", ["public.css", "staff.css"])
def test_only_the_tokens_name_colours(sheet: str) -> None:
    text = Path(STATIC / sheet).read_text(encoding="utf-8")
    assert set(_ANY_COLOUR.findall(text)) - _BLACK_OR_WHITE == set()
