import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from instruments.codecs.rc3563 import Packet, encode
from instruments.reading import (
    CapacityMethod,
    Reading,
    ReadingError,
    Resistance,
    ResistanceMethod,
)
from instruments.station.checklist import (
    ChecklistError,
    check_checklist,
    declared_label,
    find_inspection_id,
    find_tested_at,
    read_checklist,
)
from instruments.station.inspection import compose, find_pulse
from instruments.station.measurement import NOTHING, Beside
from instruments.station.resistance_log import (
    ResistanceTest,
    read_measurement,
    read_resistance_log,
)
from instruments.station.wire import KNOWN, OPTIONAL, REQUIRED
from tests.instruments.station_parts import (
    NOW,
    make_checklist,
    make_profile,
    make_reading,
)

ID = UUID("019df09b-41c0-782b-94d7-19c23f4403b1")


def make_resistance(dt_s: float = 10.0, **changes: Any) -> Resistance:
    values: dict[str, Any] = {
        "method": ResistanceMethod.DC_PULSE,
        "dt_s": dt_s,
        "di_a": 6.0,
        "resistance_mohm": 180.0 + dt_s,
    }
    return Resistance(**{**values, **changes})


def body_of(
    reading: Reading,
    checklist: dict[str, Any] | None = None,
    *,
    beside: Beside = NOTHING,
    **profile: Any,
) -> dict[str, Any]:
    return compose(
        reading,
        make_checklist() if checklist is None else checklist,
        make_profile(Path("nowhere"), **profile),
        inspection_id=ID,
        tested_at=NOW,
        software_version="battery-station 1",
        beside=beside,
    )


def test_the_instruments_and_the_inspector_fill_one_body() -> None:
    body = body_of(make_reading(resistances=(make_resistance(),)))

    assert body["inspection_id"] == str(ID)
    assert datetime.fromisoformat(body["tested_at"]) == NOW
    assert body["inspector_id"] == "A-17"
    assert body["instrument_id"] == "EBC-1"
    assert "station_id" not in body
    assert body["discharge_capacity_ah"] == 9.0
    assert body["capacity_method"] == "full_discharge"
    assert body["internal_resistance_mohm"] == 190.0
    assert body["resistance_method"] == "dc_pulse"
    assert (body["pulse_seconds"], body["pulse_current_a"]) == (10.0, 6.0)
    assert body["max_output_voltage_v"] == 54.5
    assert body["max_output_voltage_method"] == "ocv_full"
    assert body["ocv_v"] == 54.4
    assert body["test_duration_s"] == 9000.0
    assert body["recording_sha256"] == "ab" * 32
    assert body["pack_code"] == "MK000001"
    assert set(REQUIRED) <= body.keys() <= KNOWN
    assert json.loads(json.dumps(body)) == body


def test_a_capacity_that_is_not_valid_is_only_an_estimate() -> None:
    reading = make_reading(
        capacity_valid=False, capacity_method=CapacityMethod.PARTIAL_ESTIMATE
    )

    assert body_of(reading)["capacity_method"] == "partial_estimate"


def test_without_a_discharge_the_method_is_none_or_the_checklists() -> None:
    reading = make_reading(
        discharge_capacity_ah=None, capacity_method=CapacityMethod.NONE
    )
    by_bms = make_checklist(discharge_capacity_ah=8, capacity_method="bms")

    assert body_of(reading)["capacity_method"] == "none"
    assert body_of(reading, by_bms)["capacity_method"] == "bms"
    assert body_of(reading, by_bms)["discharge_capacity_ah"] == 8


def test_resistance_is_read_at_the_stations_time_and_no_other() -> None:
    pulses = (make_resistance(1), make_resistance(30), make_resistance(30.9))
    by_bms = make_resistance(10, method=ResistanceMethod.BMS)

    assert "resistance_method" not in body_of(
        make_reading(resistances=(*pulses, by_bms))
    )
    at_30 = body_of(make_reading(resistances=pulses), resistance_dt_s=30.0)
    assert at_30["internal_resistance_mohm"] == 210.0
    assert find_pulse(pulses, 31.0) == pulses[2]
    assert find_pulse((), 10.0) is None


def test_a_resistance_tester_stands_before_the_recording(tmp_path: Path) -> None:
    (test,) = read_measurement(write_packets(tmp_path / "a.rc3563", (123.45, 53.21)))

    body = body_of(
        make_reading(resistances=(make_resistance(),)),
        beside=Beside(fields=test.fields),
    )

    assert body["internal_resistance_mohm"] == 123.45
    assert body["resistance_method"] == "ac_1khz"
    assert body["ocv_v"] == 53.21
    assert "pulse_seconds" not in body


def test_a_long_recording_counts_as_the_length_of_its_discharge() -> None:
    assert body_of(make_reading(duration_s=4_000_000.0))["test_duration_s"] == 5400.0


@pytest.mark.parametrize(
    "changes",
    [
        {"duration_s": 4.0},
        {"duration_s": 4e6, "discharge_current_a": None},
        {"duration_s": 4e6, "discharge_current_a": 0.001},
    ],
)
def test_a_length_no_test_has_is_left_to_the_checklist(changes: dict[str, Any]) -> None:
    with pytest.raises(ChecklistError, match=r"missing field test_duration_s$"):
        body_of(make_reading(**changes))

    body = body_of(make_reading(**changes), make_checklist(test_duration_s=900))
    assert body["test_duration_s"] == 900


def test_the_checklist_may_name_another_inspector_but_not_the_time() -> None:
    checklist = make_checklist(inspector_id="B-2", tested_at="2020-01-01T00:00:00Z")

    body = body_of(make_reading(), checklist, station_id="XC-01")

    assert body["inspector_id"] == "B-2"
    assert body["station_id"] == "XC-01"
    assert datetime.fromisoformat(body["tested_at"]) == NOW


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("discharge_capacity_ah", 11.9),
        ("capacity_method", "bms"),
        ("ocv_v", 41),
        ("max_output_voltage_method", "label_limit"),
        ("recording_sha256", "00" * 32),
        ("test_duration_s", "9000"),
    ],
)
def test_nobody_writes_over_an_instrument(field: str, value: object) -> None:
    with pytest.raises(
        ChecklistError, match=f"^{field}: the instrument says"
    ) as caught:
        body_of(make_reading(), make_checklist(**{field: value}))

    assert caught.value.fields == (field,)


def test_saying_the_same_as_the_instrument_is_no_contradiction() -> None:
    checklist = make_checklist(discharge_capacity_ah=9, ocv_v=54.400001)

    assert body_of(make_reading(), checklist)["ocv_v"] == 54.4


def test_what_the_file_did_not_give_comes_from_the_checklist() -> None:
    reading = make_reading(
        ocv_v=None, max_voltage_v=None, max_voltage_method=None, recording_sha256=None
    )
    checklist = make_checklist(ocv_v=41.2, max_output_voltage_v=42)

    body = body_of(reading, checklist)

    assert (body["ocv_v"], body["max_output_voltage_v"]) == (41.2, 42)
    assert "recording_sha256" not in body
    assert "max_output_voltage_method" not in body


def test_all_missing_fields_are_named_at_once() -> None:
    checklist = make_checklist()
    del checklist["chemistry"], checklist["leakage"], checklist["pack_code"]
    del checklist["pack_code_scheme"]

    with pytest.raises(ChecklistError) as caught:
        body_of(make_reading(ocv_v=None), checklist)

    assert str(caught.value) == "missing fields chemistry, leakage, ocv_v"
    assert caught.value.fields == ("chemistry", "leakage", "ocv_v")


def test_a_code_needs_its_scheme() -> None:
    checklist = make_checklist()
    del checklist["pack_code_scheme"]

    with pytest.raises(ChecklistError, match="pack_code_scheme"):
        body_of(make_reading(), checklist)


def test_no_field_is_both_required_and_optional() -> None:
    assert not set(REQUIRED) & set(OPTIONAL)


def test_a_checklist_file_is_read_without_its_empty_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('\ufeff{"maker": "电池厂", "model": null}', encoding="utf-8")

    assert read_checklist(path) == {"maker": "电池厂"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[1]", "is not a JSON object"),
        ("[" * 100_000, "is not JSON"),
        ('{"ocv_v": NaN}', "NaN is not a number"),
        ('{"ocv_v": 1e999}', "ocv_v: has a value that cannot be sent"),
        ('{"maker": "a\\u0000"}', "maker: has a value that cannot be sent"),
        ('{"prior_codes": ["\\ud800"]}', "prior_codes: has a value"),
        ('{"maker": {}}', "maker: has a value"),
        ('{"color": 1, "ovc_v": 2}', "unknown fields color, ovc_v"),
        ('{"maker": "' + "a" * 300_000 + '"}', "larger than 256 KiB"),
    ],
)
def test_a_checklist_that_cannot_be_sent_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ChecklistError, match=message):
        read_checklist(path)


def test_a_checklist_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ChecklistError, match=r"b\.json cannot be opened"):
        read_checklist(tmp_path / "b.json")


def test_the_label_is_declared_to_the_evaluation() -> None:
    label = declared_label(make_checklist(label_cutoff_voltage_v=39))

    assert (label.rated_ah, label.cutoff_v, label.charge_limit_v) == (12.0, 39.0, None)


@pytest.mark.parametrize("value", [0, -1, "12", True])
def test_a_rating_is_a_number_above_zero(value: object) -> None:
    with pytest.raises(ChecklistError, match="label_rated_capacity_ah: must be"):
        declared_label(make_checklist(label_rated_capacity_ah=value))


def test_time_and_id_may_come_with_the_checklist() -> None:
    checklist = make_checklist(
        tested_at="2026-05-04T09:30:00+08:00", inspection_id=str(ID)
    )

    assert find_tested_at(checklist) == NOW
    assert find_inspection_id(checklist) == ID
    assert find_tested_at({}) is None
    assert find_inspection_id({}) is None


@pytest.mark.parametrize("value", ["yesterday", "2026-05-04T09:30:00", 5])
def test_a_time_has_an_offset(value: object) -> None:
    with pytest.raises(ChecklistError, match="tested_at: must be a time"):
        find_tested_at({"tested_at": value})


@pytest.mark.parametrize("value", ["x", 5])
def test_an_id_is_a_uuid(value: object) -> None:
    with pytest.raises(ChecklistError, match="inspection_id: must be a UUID"):
        find_inspection_id({"inspection_id": value})


def test_every_wire_field_is_allowed_in_a_checklist() -> None:
    assert check_checklist(dict.fromkeys(KNOWN, 1), "a").keys() == KNOWN


def write_packets(path: Path, *shown: tuple[float | None, float]) -> Path:
    packets = [Packet(resistance_mohm=r, voltage_v=v) for r, v in shown]
    path.write_bytes(b"".join(encode(packet) for packet in packets))
    return path


def test_a_resistance_log_gives_its_median(tmp_path: Path) -> None:
    path = write_packets(
        tmp_path / "a.rc3563", (120.0, -41.5), (None, -41.5), (122.0, -41.4)
    )

    test = read_resistance_log(path)

    assert test == ResistanceTest(resistance_mohm=121.0, ocv_v=41.5)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "unreadable"),
        (b"\0" * 10, "unreadable"),
        (b"\x54" * 200_000, "too_large"),
    ],
)
def test_a_file_that_is_no_resistance_log_is_refused(
    tmp_path: Path, data: bytes, code: str
) -> None:
    path = tmp_path / "a.rc3563"
    path.write_bytes(data)

    with pytest.raises(ReadingError) as caught:
        read_resistance_log(path)

    assert caught.value.code == code


def test_open_and_shorted_probes_are_no_reading(tmp_path: Path) -> None:
    half_open = write_packets(tmp_path / "a", (120.0, 41.0), (None, 0.0))
    shorted = write_packets(tmp_path / "b", (0.0, 41.0))

    for path, code in ((half_open, "out_of_range"), (shorted, "below_resolution")):
        with pytest.raises(ReadingError) as caught:
            read_resistance_log(path)
        assert caught.value.code == code
    with pytest.raises(ReadingError, match="cannot be opened"):
        read_resistance_log(tmp_path / "c")
