"""What somebody chose on the label page, read into a template."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from battery_registry.domain import RegistryError
from battery_registry.services import label_sheets
from battery_registry.services.label_drawing import Placing, check_placing
from battery_registry.services.label_sheets import SheetTemplate

CUSTOM: Final = "custom"
STANDARD: Final = "a4-3x7"
MEASURES: Final[Mapping[str, str]] = {
    "page_width_mm": "210",
    "page_height_mm": "297",
    "left_mm": "7.5",
    "top_mm": "13.5",
    "columns": "3",
    "rows": "9",
    "label_width_mm": "65",
    "label_height_mm": "30",
    "column_gap_mm": "0",
    "row_gap_mm": "0",
    "qr_side_mm": "25",
}
"""The measures of one's own template, and what stands there at first."""
PLACES: Final[Mapping[str, str]] = {"first": "1", "right_mm": "0", "down_mm": "0"}
FIELDS: Final = ("template", "caption", *PLACES, *MEASURES)

_WHOLE: Final = frozenset({"columns", "rows", "first"})
_LONGEST: Final = 12


class LabelNumberError(RegistryError):
    """A measure is no number."""

    code: ClassVar[str] = "label_number"


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """A template, and how its pages are filled."""

    template: SheetTemplate
    placing: Placing


def filled(told: Mapping[str, str]) -> dict[str, str]:
    """Fill a form in: what was typed, else what stands there at first."""
    standard = {"template": STANDARD, "caption": "", **PLACES, **MEASURES}
    return {name: told.get(name, standard[name]).strip() for name in FIELDS}


def read(form: Mapping[str, str]) -> Design:
    """Read a form that ``filled`` filled in.

    Raises:
        UnknownTemplateError: There is no such template.
        LabelNumberError: A measure is no number.
        TemplateSizeError: The measures do not fit each other.
        LabelPlaceError: There is no such place on the page.
    """
    name = form["template"]
    template = _own(form) if name == CUSTOM else label_sheets.get_template(name)
    placing = Placing(
        first=int(_number(form, "first")),
        right_mm=_number(form, "right_mm"),
        down_mm=_number(form, "down_mm"),
    )
    check_placing(placing, template=template)
    return Design(template=template, placing=placing)


def _own(form: Mapping[str, str]) -> SheetTemplate:
    told = {name: _number(form, name) for name in MEASURES}
    return label_sheets.check(
        SheetTemplate(
            page_width_mm=told["page_width_mm"],
            page_height_mm=told["page_height_mm"],
            columns=int(told["columns"]),
            rows=int(told["rows"]),
            label_width_mm=told["label_width_mm"],
            label_height_mm=told["label_height_mm"],
            left_mm=told["left_mm"],
            top_mm=told["top_mm"],
            column_pitch_mm=told["label_width_mm"] + told["column_gap_mm"],
            row_pitch_mm=told["label_height_mm"] + told["row_gap_mm"],
            qr_side_mm=told["qr_side_mm"],
        )
    )


def _number(form: Mapping[str, str], name: str) -> float:
    # A comma is how half of the world writes it.
    text = form[name].replace(",", ".")
    try:
        number = float(int(text) if name in _WHOLE else float(text[:_LONGEST]))
    except (ValueError, OverflowError):
        raise LabelNumberError(field=name) from None
    if len(text) > _LONGEST:
        raise LabelNumberError(field=name)
    return number
