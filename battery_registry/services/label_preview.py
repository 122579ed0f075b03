"""Pages of labels as they will be printed, for the screen."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from battery_registry.services.label_drawing import Placing, check_placing
from battery_registry.services.label_layout import LabelText, Layout, Line, lay_out
from battery_registry.services.label_sheets import SheetTemplate
from battery_registry.services.typeface import MM_PER_PT, width_mm

_EDGES: Final = 'fill="none" stroke="#7a8791" stroke-width=".2"'


def page_svg(label: LabelText, *, template: SheetTemplate, placing: Placing) -> bytes:
    """Draw one page, each free place with the same label, in true millimetres.

    The labels' edges are drawn as well, which print never does; places that are
    used up are crossed out.

    Raises:
        RegistryError: As for the PDF.
    """
    check_placing(placing, template=template)
    layout = lay_out(label, template=template)
    parts = [
        _place(layout, template, placing, corner, is_used=number < placing.first)
        for number, corner in enumerate(template.places(), start=1)
    ]
    width, height = template.page_width_mm, template.page_height_mm
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm"'
        f' height="{height:g}mm" viewBox="0 0 {width:g} {height:g}"'
        ' font-family="Noto Sans SC, sans-serif">'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>'
        f'<defs><g id="label">{_label(layout)}</g></defs>'
        f"{''.join(parts)}</svg>"
    ).encode()


def _place(
    layout: Layout,
    template: SheetTemplate,
    placing: Placing,
    corner: tuple[float, float],
    *,
    is_used: bool,
) -> str:
    left, top = corner
    width, height = template.label_width_mm, template.label_height_mm
    edge = (
        f'<rect x="{left:.3f}" y="{top:.3f}" width="{width:g}" height="{height:g}"'
        f' rx="1" {_EDGES}/>'
    )
    if is_used:
        cross = f"M{left:.3f} {top:.3f}l{width:g} {height:g}m0 -{height:g}"
        return f'{edge}<path d="{cross}l-{width:g} {height:g}" {_EDGES}/>'
    moved = f'x="{left + placing.right_mm:.3f}" y="{top + placing.down_mm:.3f}"'
    return f'{edge}<use href="#label" {moved}/>'


def _label(layout: Layout) -> str:
    path = "".join(
        f"M{left:.3f} {top:.3f}h{width:.3f}v{height:.3f}h-{width:.3f}z"
        for left, top, width, height in layout.bars()
    )
    return f'<path d="{path}"/>{_texts(layout.lines)}'


def _texts(lines: Sequence[Line]) -> str:
    return "".join(
        f'<text x="{line.left_mm:.3f}" y="{line.baseline_mm:.3f}"'
        f' font-size="{line.size_pt * MM_PER_PT:.3f}"'
        f' textLength="{width_mm(line.text, size_pt=line.size_pt):.3f}"'
        f' lengthAdjust="spacingAndGlyphs">{escape(line.text)}</text>'
        for line in lines
    )
