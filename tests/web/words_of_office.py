"""Keys that the pages of the office make out of names: label sizes, measures."""

from collections.abc import Iterator

from battery_registry.domain.clearance import Purpose
from battery_registry.domain.ledger import LeafKind
from battery_registry.domain.roles import OrganisationKind
from battery_registry.scoring.measurement import InstrumentClass
from battery_registry.services.label_sheets import TEMPLATES
from battery_registry.services.sale_log import Face
from battery_registry.web import label_design
from battery_registry.web.admin import SUBJECTS

_FIELDS = {
    *("code", "name", "kind", "licence_number", "sign_in", "role", "organisation"),
    *("staff_number", "station", "district", "person_name", "training_from"),
    *("training_until", "purpose", "last_day", "name_zh", "name_en", "model"),
    *("address_zh", "address_en", "opening_hours", "serial", "instrument_class"),
    *("calibrated_on", "calibrated_until", "instrument", "password"),
}
_HINTS = ("sign_in", "staff_number", "purpose", "code", "station_code")
_KEPT = ("sessions", "contacts", "sale_checks", "clearances", "ledger", "custody")


def office() -> set[str]:
    """Keys of labels, papers and the operator's pages."""
    sizes = (*TEMPLATES, label_design.CUSTOM)
    return {
        *(f"labels.template.{name}" for name in sizes),
        *(f"labels.field.{name}" for name in (*label_design.FIELDS, "codes", "count")),
        *(f"paper.purpose.{purpose}" for purpose in Purpose),
        *(f"paper.clearance.{state}" for state in ("holds", "expired", "revoked")),
        *("paper.expired", "paper.revoked"),
        *(f"admin.kind.{kind}" for kind in OrganisationKind),
        *(f"admin.class.{grade}" for grade in InstrumentClass),
        *(f"admin.kept.{name}" for name in _KEPT),
        *(f"admin.hint.{name}" for name in _HINTS),
        *(f"admin.field.{name}" for name in _FIELDS),
        *("admin.column.kept", "admin.column.how_long"),
        *(f"ledger.kind.{kind}" for kind in LeafKind),
        *(f"ledger.face.{face}" for face in Face),
        *(f"ledger.field.{name}" for name in ("code", "first", "second")),
        *_of_subjects(),
    }


def _of_subjects() -> Iterator[str]:
    for subject in SUBJECTS.values():
        forms = [form.name for form in subject.forms]
        yield from (
            f"admin.{subject.name}.{each}" for each in ("title", "lead", *forms)
        )
        yield from (f"admin.column.{name}" for name in subject.columns)
        yield from (f"admin.act.{act}" for act in subject.acts)
        yield from (f"admin.done.{act}" for act in (*subject.acts, *forms))
