"""The sheets that labels are printed on, by name; a new sheet is a new row."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from battery_registry.domain import RegistryError


class UnknownTemplateError(RegistryError):
    """There is no sheet of that name."""

    code: ClassVar[str] = "label_template_unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTemplate:
    """An A4 sheet of labels; all lengths in millimetres.

    ``qr_side_mm`` includes the quiet zone. A version 4 symbol (addresses of
    up to 46 characters) needs 20.5 mm at 0.5 mm a module, version 5 (up to
    60) 22.5 mm.
    """

    columns: int
    rows: int
    label_width_mm: float
    label_height_mm: float
    left_mm: float
    top_mm: float
    column_pitch_mm: float
    row_pitch_mm: float
    qr_side_mm: float


TEMPLATES: Final[Mapping[str, SheetTemplate]] = MappingProxyType(
    {
        "a4-3x7": SheetTemplate(
            columns=3,
            rows=7,
            label_width_mm=63.5,
            label_height_mm=38.1,
            left_mm=7.25,
            top_mm=15.15,
            column_pitch_mm=66.0,
            row_pitch_mm=38.1,
            qr_side_mm=26.0,
        ),
        "a4-2x7": SheetTemplate(
            columns=2,
            rows=7,
            label_width_mm=99.1,
            label_height_mm=38.1,
            left_mm=4.65,
            top_mm=15.15,
            column_pitch_mm=101.6,
            row_pitch_mm=38.1,
            qr_side_mm=32.0,
        ),
        "a4-3x8": SheetTemplate(
            columns=3,
            rows=8,
            label_width_mm=70.0,
            label_height_mm=37.0,
            left_mm=0.0,
            top_mm=0.5,
            column_pitch_mm=70.0,
            row_pitch_mm=37.0,
            qr_side_mm=24.0,
        ),
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
