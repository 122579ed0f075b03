from battery_registry.wire.inspections import InspectionSchema
from instruments.station.wire import KNOWN, REQUIRED


def test_the_station_and_the_registry_know_the_same_fields() -> None:
    fields = InspectionSchema().fields

    assert fields.keys() == KNOWN
    assert {name for name, field in fields.items() if field.required} == set(REQUIRED)
