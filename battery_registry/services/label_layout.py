"""Where everything stands on a label, in millimetres: paper and screen draw this.

A sticker carries an address and the same code in letters, nothing else: a
battery's code changes, a sticker does not, so no result and no colour is ever
printed on or beside it. The tag of a red pack belongs to its case and says what the
case asks for: that the pack stands apart and is not sold.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from battery_registry.domain import RegistryError
from battery_registry.domain.code import PublicCode, show
from battery_registry.services import qr_symbol, typeface
from battery_registry.services.label_sheets import Carries, SheetTemplate
from battery_registry.services.qr_symbol import SMALLEST_MODULE_MM, Level, Modules
from battery_registry.services.typeface import MM_PER_PT, width_mm

SCAN_LINE_ZH: Final = "扫码查看电池健康码"
SCAN_LINE_EN: Final = "Scan for the battery's health code"
RED_LINE_ZH: Final = "单独存放 不得出售"
RED_LINE_EN: Final = "Stored apart, not to be sold"
SMALLEST_PT: Final = 4.5
"""Smaller letters are none that somebody reads off a pack."""

_CODE_PT: Final = 8.0
_SCAN_PT: Final = 7.0
_CAPTION_PT: Final = 6.0
_LINE: Final = 1.25
_ASCENT: Final = 0.88
_EDGE_MM: Final = 0.4
_GAP_MM: Final = 1.5
_LONGEST_CAPTION: Final = 64


class LabelTooSmallError(RegistryError):
    """The address is too long for the label: its modules would be too fine."""

    code: ClassVar[str] = "label_too_small"


class LabelTextRoomError(RegistryError):
    """The code in letters finds no room beside or below the symbol."""

    code: ClassVar[str] = "label_text_room"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelText:
    """What one label carries.

    Args:
        code: The public code, printed in letters.
        url: The address in the QR.
        caption: One more line, such as the station operator's name.
    """

    code: PublicCode
    url: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of text: the left end of its baseline, and its size."""

    text: str
    left_mm: float
    baseline_mm: float
    size_pt: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A label, measured from its top left corner."""

    modules: Modules
    module_mm: float
    qr_left_mm: float
    qr_top_mm: float
    lines: tuple[Line, ...]

    def bars(self) -> Iterator[tuple[float, float, float, float]]:
        """Yield left, top, width and height of every dark bar of the symbol."""
        side = self.module_mm
        for column, row, length in qr_symbol.runs(self.modules):
            yield (
                self.qr_left_mm + column * side,
                self.qr_top_mm + row * side,
                length * side,
                side,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    text: str
    size_pt: float
    must: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Room:
    width_mm: float
    height_mm: float


def lay_out(label: LabelText, *, template: SheetTemplate) -> Layout:
    """Find the place of everything on a label.

    Raises:
        LabelTooSmallError: If a module would be finer than 0.5 mm.
        LabelTextRoomError: If the code would be smaller than 4.5 points.
        MissingGlyphError: If the font lacks a character.
    """
    typeface.check(label.caption, field="caption")
    modules, module_mm = _symbol(label.url, template)
    place = _beside if template.is_text_beside else _below
    left_mm, top_mm, lines = place(label, template)
    return Layout(
        modules=modules,
        module_mm=module_mm,
        qr_left_mm=left_mm,
        qr_top_mm=top_mm,
        lines=tuple(lines),
    )


def _symbol(url: str, template: SheetTemplate) -> tuple[Modules, float]:
    """Draw the symbol at level Q; a tag's long one at M where Q is too fine."""
    levels = (Level.Q, Level.M) if template.carries is Carries.RED_TAG else (Level.Q,)
    for level in levels:
        modules = qr_symbol.modules(url, level=level)
        count = qr_symbol.side_modules(modules)
        if template.qr_side_mm >= count * SMALLEST_MODULE_MM:
            return modules, template.qr_side_mm / count
    raise LabelTooSmallError(field="template", needed_mm=count * SMALLEST_MODULE_MM)


def _beside(
    label: LabelText, template: SheetTemplate
) -> tuple[float, float, list[Line]]:
    side_mm, height_mm = template.qr_side_mm, template.label_height_mm
    left_mm = min(_GAP_MM, (height_mm - side_mm) / 2)
    text_left_mm = left_mm + side_mm + _EDGE_MM
    room = _Room(
        width_mm=template.label_width_mm - text_left_mm - _GAP_MM,
        height_mm=height_mm - 2 * _EDGE_MM,
    )
    chosen = _choose(_wanted(label, template), room)
    top_mm = (height_mm - _height(chosen)) / 2
    lines = _stack(chosen, top_mm, lambda _: text_left_mm)
    return left_mm, (height_mm - side_mm) / 2, lines


def _below(
    label: LabelText, template: SheetTemplate
) -> tuple[float, float, list[Line]]:
    side_mm, width = template.qr_side_mm, template.label_width_mm
    room = _Room(
        width_mm=width - 2 * _EDGE_MM,
        height_mm=template.label_height_mm - side_mm - _EDGE_MM,
    )
    chosen = _choose(_wanted(label, template), room)
    top_mm = (template.label_height_mm - _EDGE_MM - side_mm - _height(chosen)) / 2
    lines = _stack(
        chosen,
        top_mm + side_mm,
        lambda one: (width - width_mm(one.text, size_pt=one.size_pt)) / 2,
    )
    return (width - side_mm) / 2, top_mm, lines


def _wanted(label: LabelText, template: SheetTemplate) -> tuple[_Wanted, ...]:
    is_tag = template.carries is Carries.RED_TAG
    says = (RED_LINE_ZH, RED_LINE_EN) if is_tag else (SCAN_LINE_ZH, SCAN_LINE_EN)
    return (
        _Wanted(text=show(label.code), size_pt=_CODE_PT, must=True),
        *(_Wanted(text=text, size_pt=_SCAN_PT, must=is_tag) for text in says),
        _Wanted(text=label.caption[:_LONGEST_CAPTION], size_pt=_CAPTION_PT),
    )


def _choose(wanted: Sequence[_Wanted], room: _Room) -> list[_Wanted]:
    """Take what must stand there, as large as it fits, then what else does."""
    chosen = next(
        (
            fitted
            for breaks in (True, False)
            if (fitted := _fit_all(wanted, room, breaks=breaks))
        ),
        None,
    )
    if chosen is None:
        raise LabelTextRoomError(field="qr_side_mm")
    for one in wanted:
        lines = [] if one.must or not one.text else _fitted(one, room)
        if lines and _height([*chosen, *lines]) <= room.height_mm:
            chosen += lines
    return chosen


def _fit_all(wanted: Sequence[_Wanted], room: _Room, *, breaks: bool) -> list[_Wanted]:
    """Fit what must stand there; nothing when it would be too small to read."""
    must = [
        line
        for one in wanted
        if one.must
        for line in _fitted(one, room, breaks=breaks)
        or [_Wanted(text=one.text, size_pt=0.0)]
    ]
    shrink = min(1.0, room.height_mm / max(_height(must), _EDGE_MM))
    fitted = [replace(one, size_pt=one.size_pt * shrink) for one in must]
    smallest = min(one.size_pt for one in fitted)
    return fitted if smallest >= SMALLEST_PT else []


def _fitted(one: _Wanted, room: _Room, *, breaks: bool = True) -> list[_Wanted]:
    """Fit a text to the width: smaller, then on two lines, or not at all."""
    ways = ((one.text,), _halves(one.text)) if breaks else ()
    for parts in ways:
        widest_mm = max(width_mm(part, size_pt=one.size_pt) for part in parts)
        size_pt = one.size_pt * min(1.0, room.width_mm / widest_mm)
        if size_pt >= (SMALLEST_PT if len(parts) > 1 else one.size_pt * 0.7):
            return [
                _Wanted(text=part, size_pt=size_pt, must=one.must) for part in parts
            ]
    # One narrow line is better than none.
    size_pt = one.size_pt * room.width_mm / width_mm(one.text, size_pt=one.size_pt)
    if size_pt < SMALLEST_PT:
        return []
    return [_Wanted(text=one.text, size_pt=size_pt, must=one.must)]


def _halves(text: str) -> tuple[str, ...]:
    """Break a text near its middle: at a hyphen or blank there, else in a word."""
    middle, slack = len(text) / 2, len(text) / 4
    breaks = [at + 1 for at, sign in enumerate(text) if sign in " -"]
    near = [at for at in breaks if abs(at - middle) <= slack] or [round(middle)]
    at = min(near, key=lambda place: abs(place - middle))
    return tuple(part for part in (text[:at].rstrip(), text[at:]) if part)


def _height(lines: Sequence[_Wanted]) -> float:
    return sum(one.size_pt for one in lines) * _LINE * MM_PER_PT


def _stack(
    lines: Sequence[_Wanted], top_mm: float, left: Callable[[_Wanted], float]
) -> list[Line]:
    placed = []
    for one in lines:
        size_mm = one.size_pt * MM_PER_PT
        baseline_mm = top_mm + size_mm * ((_LINE - 1) / 2 + _ASCENT)
        placed.append(
            Line(
                text=one.text,
                left_mm=left(one),
                baseline_mm=baseline_mm,
                size_pt=one.size_pt,
            )
        )
        top_mm += size_mm * _LINE
    return placed
