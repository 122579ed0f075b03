import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instruments import readers
from instruments.evaluate import evaluate
from instruments.readers import get_reader, read_file, score
from instruments.readers.interface import Hints, Match
from instruments.readers.registry import all_readers
from instruments.reading import ReadingError
from instruments.recording import Recording
from tests.instruments.conftest import Sample


@pytest.mark.parametrize(
    ("parts", "reader"),
    [
        (("neware_nda", "new_nda_file.nda"), "neware_nda"),
        (("neware_ndax", "21_10_7_85.ndax"), "neware_nda"),
        (("neware_csv", "nw_regular_export_ife_example.csv"), "neware_report"),
        (("zketech_ebc", "ebc_b20h_discharge_log.txt"), "zketech_log"),
    ],
)
def test_the_content_tells_the_format(
    parts: tuple[str, ...], reader: str, tmp_path: Path, sample: Sample
) -> None:
    renamed = tmp_path / "upload.bin"
    renamed.write_bytes(sample(*parts).read_bytes())
    assert get_reader(renamed).name == reader


@pytest.mark.parametrize(
    "parts",
    [
        ("README.md",),
        ("neware_csv", "NOTICE"),
        ("bms_jbd_syssi", "frames.json"),
    ],
)
def test_other_content_is_unknown(parts: tuple[str, ...], sample: Sample) -> None:
    with pytest.raises(ReadingError) as refused:
        read_file(sample(*parts))
    assert refused.value.code == "unknown_format"


def test_a_named_format_is_taken_whatever_the_content_says(sample: Sample) -> None:
    path = sample("neware_csv", "nw_regular_export_ife_example.csv")
    assert get_reader(path, "zketech_log").name == "zketech_log"
    with pytest.raises(ReadingError, match="no whole report") as refused:
        read_file(path, name="zketech_log")
    assert refused.value.code == "no_records"
    with pytest.raises(ReadingError, match="no format 'excel'"):
        get_reader(path, "excel")


class Twin:
    """A reader that claims what Neware's claims."""

    name = "twin"

    def sniff(self, head: bytes, file_name: str) -> Match:
        return Match(score=85, reason="also likes it")

    def read(self, path: Path, hints: Hints) -> Recording:
        raise NotImplementedError


def test_a_tie_names_the_candidates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = (*all_readers(), Twin())
    monkeypatch.setattr(readers, "all_readers", lambda: every)
    path = tmp_path / "a.nda"
    path.write_bytes(b"NEWARE")
    with pytest.raises(ReadingError) as refused:
        get_reader(path)
    assert refused.value.code == "ambiguous_format"
    assert "neware_nda (starts with NEWARE); twin (also likes it)" in str(refused.value)


def test_any_failure_of_a_reader_becomes_a_reading_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "all_readers", lambda: (Twin(),))
    path = tmp_path / "a.bin"
    path.write_bytes(b"x")
    with pytest.raises(ReadingError, match="NotImplementedError") as refused:
        read_file(path)
    assert refused.value.code == "unreadable"


def test_files_that_are_not_there_or_empty_or_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: Sample
) -> None:
    with pytest.raises(ReadingError) as missing:
        read_file(tmp_path / "no.ndax")
    assert missing.value.code == "not_opened"
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(ReadingError) as nothing:
        read_file(empty)
    assert nothing.value.code == "empty_file"
    monkeypatch.setattr(readers, "MAX_BINARY_BYTES", 1000)
    with pytest.raises(ReadingError) as large:
        read_file(sample("neware_ndax", "21_10_7_85.ndax"))
    assert large.value.code == "too_large"


def test_scores_come_with_reasons_the_surest_first(sample: Sample) -> None:
    candidates = score(sample("neware_ndax", "empty.ndax"))
    assert candidates[0].reader.name == "neware_nda"
    assert candidates[0].match.reason == "a zip with members of Neware's"
    assert all(c.match.reason for c in candidates)


REPORT_HEADER = b"""\
Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah)
,Step Index,Step Type
,,DataPoint,Total Time,Current(A),Voltage(V),Capacity(Ah)
"""


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.sampled_from(["neware_nda", "neware_report", "zketech_log", None]),
    start=st.sampled_from(
        [
            b"",
            b"NEWARE",
            b"PK\x03\x04",
            b"\xfa\x0a",
            REPORT_HEADER,
        ]
    ),
    tail=st.one_of(st.binary(max_size=200), st.text('0129,.-:\n"na Rest', max_size=80)),
)
def test_any_bytes_give_a_recording_or_a_reading_error(
    tmp_path: Path, name: str | None, start: bytes, tail: bytes | str
) -> None:
    path = tmp_path / "any.bin"
    path.write_bytes(start + (tail.encode() if isinstance(tail, str) else tail))
    try:
        recording = read_file(path, name=name)
    except ReadingError:
        return
    json.dumps(evaluate(recording).as_json(), allow_nan=False)


def test_empty_step_and_cycle_numbers_are_said(sample: Sample) -> None:
    path = sample("arbin_csv", "2017-05-09_test-TC-contact_CH33.csv")
    recording = read_file(path)
    assert recording.warnings == (
        "column 'Step_Index' is empty: steps are told by the current's sign",
        "column 'Cycle_Index' is empty: all records count as one cycle",
    )
    assert {step.cycle for step in recording.steps} == {1}
