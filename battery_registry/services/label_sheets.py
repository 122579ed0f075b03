"""The labels that can be printed, by name; a new one is a new row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from types import MappingProxyType
from typing import ClassVar, Final

from battery_registry.domain import RegistryError

LARGEST_MM: Final = 500.0
MOST_LABELS: Final = 400
A4_MM: Final = (210.0, 297.0)

# Two halves of a millimetre are one, also where 0.1 is no binary number.
_ROUNDING_MM = 1e-6


class Carries(StrEnum):
    """What a label is for, which decides what its symbol says."""

    ADDRESS = "address"
    RED_TAG = "red_tag"


class UnknownTemplateError(RegistryError):
    """There is no sheet of that name."""

    code: ClassVar[str] = "label_template_unknown"


class TemplateSizeError(RegistryError):
    """The measures do not fit each other; the field says which."""

    code: ClassVar[str] = "label_size"


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTemplate:
    """A page of labels, which may be one label alone; lengths in millimetres.

    ``qr_side_mm`` includes the quiet zone. A version 4 symbol (addresses of
    up to 46 characters) needs 20.5 mm at 0.5 mm a module, version 5 (up to
    60) 22.5 mm.
    """

    page_width_mm: float
    page_height_mm: float
    columns: int
    rows: int
    label_width_mm: float
    label_height_mm: float
    left_mm: float
    top_mm: float
    column_pitch_mm: float
    row_pitch_mm: float
    qr_side_mm: float
    carries: Carries = Carries.ADDRESS

    @property
    def per_page(self) -> int:
        """How many labels a page has."""
        return self.columns * self.rows

    @property
    def is_text_beside(self) -> bool:
        """Whether the code stands beside the symbol; otherwise below it."""
        beside_mm = self.label_width_mm - self.qr_side_mm
        return beside_mm > self.label_height_mm - self.qr_side_mm

    def places(self) -> Iterator[tuple[float, float]]:
        """Yield the left and top of every label of a page, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield (
                    self.left_mm + column * self.column_pitch_mm,
                    self.top_mm + row * self.row_pitch_mm,
                )


def single(
    width_mm: float, height_mm: float, *, qr_side_mm: float, carries: Carries
) -> SheetTemplate:
    """Make the template of a printer that prints one label after another."""
    return SheetTemplate(
        page_width_mm=width_mm,
        page_height_mm=height_mm,
        columns=1,
        rows=1,
        label_width_mm=width_mm,
        label_height_mm=height_mm,
        left_mm=0,
        top_mm=0,
        column_pitch_mm=width_mm,
        row_pitch_mm=height_mm,
        qr_side_mm=qr_side_mm,
        carries=carries,
    )


def _a4(
    grid: tuple[int, int],
    label: tuple[float, float],
    *,
    corner: tuple[float, float],
    column_pitch_mm: float,
    qr_side_mm: float,
) -> SheetTemplate:
    return SheetTemplate(
        page_width_mm=A4_MM[0],
        page_height_mm=A4_MM[1],
        columns=grid[0],
        rows=grid[1],
        label_width_mm=label[0],
        label_height_mm=label[1],
        left_mm=corner[0],
        top_mm=corner[1],
        column_pitch_mm=column_pitch_mm,
        row_pitch_mm=label[1],
        qr_side_mm=qr_side_mm,
    )


_PLAIN: Final = Carries.ADDRESS
TEMPLATES: Final[Mapping[str, SheetTemplate]] = MappingProxyType(
    {
        "a4-3x7": _a4(
            (3, 7),
            (63.5, 38.1),
            corner=(7.25, 15.15),
            column_pitch_mm=66.0,
            qr_side_mm=26.0,
        ),
        "a4-2x7": _a4(
            (2, 7),
            (99.1, 38.1),
            corner=(4.65, 15.15),
            column_pitch_mm=101.6,
            qr_side_mm=32.0,
        ),
        "a4-3x8": _a4(
            (3, 8),
            (70.0, 37.0),
            corner=(0.0, 0.5),
            column_pitch_mm=70.0,
            qr_side_mm=24.0,
        ),
        "sticker-25x25": single(25.0, 25.0, qr_side_mm=21.0, carries=_PLAIN),
        "label-50x30": single(50.0, 30.0, qr_side_mm=26.0, carries=_PLAIN),
        "roll-58x40": single(58.0, 40.0, qr_side_mm=28.0, carries=_PLAIN),
        "roll-60x40": single(60.0, 40.0, qr_side_mm=30.0, carries=_PLAIN),
        "red-tag-40x40": single(40.0, 40.0, qr_side_mm=32.5, carries=Carries.RED_TAG),
    }
)


def get_template(name: str) -> SheetTemplate:
    """Find a sheet by name.

    Raises:
        UnknownTemplateError: If there is none of that name.
    """
    template = TEMPLATES.get(name)
    if template is None:
        raise UnknownTemplateError(
            field="template", extra={"templates": sorted(TEMPLATES)}, template=name
        )
    return template


def check(template: SheetTemplate) -> SheetTemplate:
    """Refuse a template of one's own whose labels leave the page or each other.

    Raises:
        TemplateSizeError: They do; the field at fault is named.
    """
    for field in ("columns", "rows"):
        _need(1 <= getattr(template, field) <= MOST_LABELS, field)
    _need(template.per_page <= MOST_LABELS, "rows")
    for field in (
        *("page_width_mm", "page_height_mm", "label_width_mm", "label_height_mm"),
        "qr_side_mm",
    ):
        value = getattr(template, field)
        _need(isfinite(value) and 1 <= value <= LARGEST_MM, field)
    for field in ("left_mm", "top_mm"):
        value = getattr(template, field)
        _need(isfinite(value) and 0 <= value <= LARGEST_MM, field)
    _need(template.column_pitch_mm >= template.label_width_mm, "label_width_mm")
    _need(template.row_pitch_mm >= template.label_height_mm, "label_height_mm")
    _check_room(template)
    return template


def _check_room(template: SheetTemplate) -> None:
    *_, (last_left, last_top) = template.places()
    right_mm = last_left + template.label_width_mm
    bottom_mm = last_top + template.label_height_mm
    _need(right_mm <= template.page_width_mm + _ROUNDING_MM, "columns")
    _need(bottom_mm <= template.page_height_mm + _ROUNDING_MM, "rows")
    shorter_mm = min(template.label_width_mm, template.label_height_mm)
    _need(template.qr_side_mm <= shorter_mm, "qr_side_mm")


def _need(fits: bool, field: str) -> None:
    if not fits:
        raise TemplateSizeError(field=field)
