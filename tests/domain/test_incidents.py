"""What an incident is about."""

from uuid import UUID

from battery_registry.domain.incidents import (
    Subject,
    SubjectKind,
    about_battery,
    about_manifest,
    about_organisation,
)

SUBJECT_ID = UUID(int=5)


def test_an_incident_is_about_one_thing() -> None:
    for about, kind in (
        (about_battery, SubjectKind.BATTERY),
        (about_manifest, SubjectKind.MANIFEST),
        (about_organisation, SubjectKind.ORGANISATION),
    ):
        assert about(SUBJECT_ID) == Subject(kind=kind, subject_id=SUBJECT_ID)
