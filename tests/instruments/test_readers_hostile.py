"""Files that are damaged, or made to harm: a refusal with a reason, in time."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instruments.checks import run_checks
from instruments.evaluate import evaluate
from instruments.readers import arbin_res, limits, read_file
from instruments.readers.interface import Hints, Match
from instruments.readers.neware_nda import NewareNda
from instruments.readers.registry import all_readers
from instruments.readers.sandbox import Sandbox
from instruments.readers.serving import read as read_unguarded
from instruments.readers.transfer import (
    TransferError,
    receive,
    receive_request,
    send_error,
    send_recording,
    send_request,
)
from instruments.reading import ReadingError
from instruments.recording import Recording
from instruments.testing.readers import changed_files, try_reader
from tests.instruments.conftest import Sample

_DATA = Path(__file__).parents[3] / "shared" / "data" / "instrument_files"
# one small file of each format, so that a change is likely to hit something
SMALL = (
    ("neware_ndax", "21_10_7_85.ndax"),
    ("neware_ndax", "interp-test.csv"),
    ("arbin_csv", "sample_data_arbin.csv"),
    ("basytec_txt", "sample_data_basytec.txt"),
    ("biologic_text", "Sample_data_biologic_timestamped.txt"),
    ("maccor", "maccor_example.001"),
    ("maccor", "sample_data_maccor.csv"),
    ("novonix_csv", "sample_data_novonix.csv"),
    ("pec_csv", "Test25195.csv"),
)
# the binary sample is whole within it
_SOAK_BYTES = 6 * 1024
LARGE = (
    ("neware_csv", "nw_regular_export_ife_example.csv"),
    ("neware_xls", "custom_data_003.xls"),
    ("landt_xlsx", "custom_data_002.xlsx"),
    ("arbin_res", "20160805_test001_45_cc_01.res"),
    ("neware_nda", "new_nda_file.nda"),
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    box = Sandbox(time_s=60.0)
    yield box
    box.close()


def zip_file(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def refused_zip(path: Path) -> ReadingError:
    with pytest.raises(ReadingError) as refused:
        limits.check_zip(path)
    return refused.value


def test_limits_of_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zip_file(tmp_path / "a.ndax", {"data.ndc": bytes(100_000), "b": b"1"})
    limits.check_zip(path)
    monkeypatch.setattr(limits, "MAX_MEMBERS", 1)
    assert "holds 2 files" in refused_zip(path).message
    monkeypatch.setattr(limits, "MAX_MEMBERS", 10)
    monkeypatch.setattr(limits, "_RATIO_FROM_BYTES", 10_000)
    assert refused_zip(path).code == "too_large"
    monkeypatch.setattr(limits, "MAX_RATIO", 10_000)
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 1000)
    assert "unpacks to 100001 bytes" in refused_zip(path).message


def test_a_locked_zip(tmp_path: Path) -> None:
    path = zip_file(tmp_path / "a.xlsx", {"xl/workbook.xml": b"x" * 50})
    data = bytearray(path.read_bytes())
    # the flag of encryption, in the central directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refused_zip(path).code == "locked"


def test_text_may_be_larger_than_binary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ReadingError) as gone:
        limits.check_size(tmp_path / "none", most=1)
    assert gone.value.code == "not_opened"
    path = tmp_path / "a.csv"
    path.write_text("a" * 100)
    with pytest.raises(ReadingError, match="larger than 1 MiB") as large:
        limits.check_size(path, most=99)
    assert large.value.code == "too_large"
    limits.check_size(path, most=100)


def test_the_child_process_serves_many_files(sandbox: Sandbox, sample: Sample) -> None:
    path = sample("neware_ndax", "21_10_7_85.ndax")
    first = sandbox.read("neware_nda", path, Hints())
    again = sandbox.read("neware_nda", path, Hints())
    assert first.rows == again.rows == 141
    assert first.steps == again.steps
    with pytest.raises(ReadingError, match="without a single record"):
        sandbox.read("neware_nda", sample("neware_ndax", "empty.ndax"), Hints())
    assert sandbox.read("neware_nda", path, Hints()).rows == 141


def test_a_child_that_takes_too_long_is_ended(sample: Sample) -> None:
    box = Sandbox(time_s=0.001)
    path = sample("neware_ndax", "21_10_7_85.ndax")
    try:
        with pytest.raises(ReadingError, match="took too long") as slow:
            box.read("neware_nda", path, Hints())
        assert slow.value.code == "too_slow"
    finally:
        box.close()


def test_a_child_without_memory_is_a_refusal(sample: Sample) -> None:
    box = Sandbox(memory_bytes=150 * limits.MIB)
    path = sample("neware_ndax", "21_10_7_85.ndax")
    try:
        with pytest.raises(ReadingError) as poor:
            box.read("neware_nda", path, Hints())
        assert poor.value.code in {"unreadable", "too_large"}
    finally:
        box.close()


def test_what_the_child_does(tmp_path: Path) -> None:
    path = tmp_path / "a.res"
    path.write_bytes(b"\x00\x01\x00\x00Standard Jet DB\x00" + bytes(9000))
    with pytest.raises(ReadingError) as damaged:
        read_unguarded("arbin_res", path, Hints())
    assert damaged.value.code in {"unreadable", "unknown_database"}
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))
    with pytest.raises(ReadingError, match="no whole workbook"):
        read_unguarded("workbook", path, Hints())


@pytest.mark.parametrize(
    ("name", "parts", "rows"),
    [
        ("neware_nda", ("neware_ndax", "Unit27_Example_Corrupt.ndax"), 301),
        ("neware_nda", ("neware_ndax", "interp-test.ndax"), 333),
        ("neware_nda", ("neware_nda", "new_nda_file.nda"), 439),
        ("arbin_res", ("arbin_res", "20160805_test001_45_cc_01.res"), 10261),
    ],
)
def test_the_child_reads_what_its_readers_read(
    name: str, parts: tuple[str, str], rows: int, sample: Sample
) -> None:
    here = read_unguarded(name, sample(*parts), Hints())
    there = read_file(sample(*parts))
    assert here.rows == there.rows == rows
    assert here.steps == there.steps
    assert here.warnings == there.warnings
    assert here.voltage_v.tolist() == there.voltage_v.tolist()


@pytest.mark.parametrize("fault", [MemoryError(), KeyError("volts")])
def test_every_fault_in_the_child_is_a_refusal(
    fault: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: NewareNda, path: Path, hints: Hints) -> Recording:
        raise fault

    monkeypatch.setattr(NewareNda, "read", fail)
    with pytest.raises(ReadingError) as refused:
        read_unguarded("neware_nda", tmp_path / "a.ndax", Hints())
    wanted = "too_large" if isinstance(fault, MemoryError) else "unreadable"
    assert refused.value.code == wanted


def test_several_tests_in_one_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Database:
        """What the Access parser gives, with the rows out of order."""

        catalog: ClassVar = {"Channel_Normal_Table": 1}

        def __init__(self, path: str) -> None:
            self.path = path

        def parse_table(self, name: str) -> dict[str, list[float]]:
            return {
                "Test_ID": [1, 1, 2, 1],
                "Data_Point": [2, 1, 1, 3],
                "Test_Time": [60.0, 0.0, 0.0, 120.0],
                "Current": [-1.0, 0.0, 0.0, -1.0],
                "Voltage": [4.0, 4.1, 3.3, 3.9],
                "Step_Index": [2, 1, 1, 2],
            }

    monkeypatch.setattr(arbin_res, "AccessParser", Database)
    recording = arbin_res.ArbinRes().read(tmp_path / "a.res", Hints())
    assert recording.voltage_v.tolist() == [4.1, 4.0, 3.9]
    assert recording.warnings[0] == "only test 1 was read; also there: 2"
    monkeypatch.setattr(Database, "catalog", {"Addresses": 1})
    with pytest.raises(ReadingError, match="not Arbin's"):
        arbin_res.ArbinRes().read(tmp_path / "a.res", Hints())


def test_transfer_gives_the_same_recording(sample: Sample) -> None:
    recording = read_file(sample("neware_csv", "nw_regular_export_ife_example.csv"))
    stream = io.BytesIO()
    send_recording(stream, recording)
    whole = stream.getvalue()
    again = receive(io.BytesIO(whole))
    assert again.steps == recording.steps
    assert again.vendor_summary == recording.vendor_summary
    assert again.voltage_v.tolist() == recording.voltage_v.tolist()
    for cut in (2, 100, len(whole) - 8):
        with pytest.raises(TransferError):
            receive(io.BytesIO(whole[:cut]))
    with pytest.raises(TransferError, match="no JSON"):
        receive(io.BytesIO(b"\x00\x00\x00\x02{x"))
    with pytest.raises(TransferError, match="too long"):
        receive(io.BytesIO(b"\xff\xff\xff\xff"))


def test_transfer_of_requests_and_refusals() -> None:
    stream = io.BytesIO()
    send_request(stream, reader="workbook", path="/a", hints=Hints(month_first=True))
    stream.seek(0)
    assert receive_request(stream) == ("workbook", "/a", Hints(month_first=True))
    stream = io.BytesIO()
    send_error(stream, ReadingError("locked", "It is locked.", "Open it."))
    stream.seek(0)
    with pytest.raises(ReadingError, match="Open it") as locked:
        receive(stream)
    assert locked.value.code == "locked"


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"BIO-LOGIC MODULAR FILE\x1a" + bytes(60), "binary_biologic"),
        (b"EC-Lab SETTING FILE\r\n", "only_settings"),
        (b"%PDF-1.7\n", "printed_report"),
        (b",Test_ID,Device_ID,IV_Ch_ID\n0,1,2,3\n", "only_metadata"),
    ],
)
def test_files_that_are_refused_politely(
    start: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.mpr"
    path.write_bytes(start)
    with pytest.raises(ReadingError) as refused:
        read_file(path)
    assert refused.value.code == code
    assert refused.value.hint
    path.write_bytes(b"else")
    with pytest.raises(ReadingError, match="unknown format"):
        read_file(path, name="not_records")


class AnyReader:
    """What the station does with a file: the whole way, detection included."""

    name = "any"

    def __init__(self, named: str | None) -> None:
        self.named = named

    def sniff(self, head: bytes, file_name: str) -> Match:
        raise NotImplementedError

    def read(self, path: Path, hints: Hints) -> Recording:
        return read_file(path, name=self.named, hints=hints)


@cache
def sample_bytes(parts: tuple[str, str]) -> bytes:
    return _DATA.joinpath(*parts).read_bytes()


def try_bytes(path: Path, data: bytes, name: str | None = None) -> None:
    path.write_bytes(data)
    recording = try_reader(AnyReader(name), path)
    if recording is None:
        return
    assert recording.rows > 0
    document = [evaluate(recording).as_json(), recording.as_json()]
    document += [check.as_json() for check in run_checks(recording)]
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize("parts", SMALL + LARGE, ids=lambda parts: parts[1])
def test_changed_files_are_read_or_refused(
    parts: tuple[str, str], tmp_path: Path, shared_data: Path
) -> None:
    rounds = 12 if parts in SMALL else 4
    for data in changed_files(sample_bytes(parts), rounds=rounds, seed=1):
        try_bytes(tmp_path / parts[1], data)


HEADERS = (
    "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),Voltage(V)",
    "Rec#\tCyc#\tStep\tTest (Min)\tAmp-hr\tAmps\tVolts\tState\tES\tDPt Time",
    "test_time_second,voltage_volt,current_ampere",
    "Time (s);Voltage (V);Current (A);Temperature (C)",
    "Data_Point,Test_Time,DateTime,Current,Voltage,Charge_Capacity,Discharge_Capacity",
    (
        "Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah)\n,Step Index,Step Type\n"
        ",,DataPoint,Total Time,Current(A),Voltage(V),Capacity(Ah)"
    ),
)
FIELDS = st.sampled_from(
    [
        *("1", "0", "-1.5", "4.1", "1e9", "1E+10", "nan", "inf", "x", "", '"', "\x00"),
        *("00:00:01", "1d 00:00:00", "2024-01-01 00:00:00", "13/14/2024 25:00:00"),
        *("Rest", "CC DChg", "放电", "1,5", "99999999999999999999", "-", "\ufffd"),
    ]
)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    header=st.sampled_from(HEADERS),
    rows=st.lists(st.lists(FIELDS, max_size=11), max_size=8),
    ends=st.sampled_from(["\n", "\r\n", "\r", ",\n"]),
)
def test_any_fields_below_a_known_header(
    header: str, rows: list[list[str]], ends: str, tmp_path: Path
) -> None:
    separator = next(s for s in "\t;," if s in header)
    lines = [header, *(separator.join(row) for row in rows)]
    try_bytes(tmp_path / "a.csv", ends.join(lines).encode("utf-8", "replace"))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    data=st.binary(max_size=400),
    name=st.sampled_from([reader.name for reader in all_readers()]),
)
def test_any_bytes_to_any_reader(data: bytes, name: str, tmp_path: Path) -> None:
    try_bytes(tmp_path / "a.bin", data, name)


@pytest.mark.soak
@pytest.mark.parametrize("parts", SMALL, ids=lambda parts: parts[1])
def test_a_hundred_thousand_changed_files(
    parts: tuple[str, str], tmp_path: Path, shared_data: Path
) -> None:
    # what leads a reader astray stands in the first lines; all of a long file
    # would only take longer
    data = sample_bytes(parts)[:_SOAK_BYTES]
    rounds = int(os.environ.get("SOAK_FILES", "100000")) // len(SMALL) + 1
    for seed in range(rounds):
        (changed,) = changed_files(data, rounds=1, seed=seed)
        try_bytes(tmp_path / parts[1], changed)
