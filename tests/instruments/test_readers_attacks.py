"""Files that are no files, and texts made to cost time: refused, or read at once."""

import os
from pathlib import Path

import pytest

from instruments.readers import read_file
from instruments.readers.interface import Hints
from instruments.readers.text import candidate_headers, split_lines
from instruments.readers.titles import take_apart
from instruments.reading import ReadingError

RECORD = "1,1,1,Rest,00:00:00,00:01:00,0,41.0\n"
HEADER = "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),\
Voltage(V)\n"


def refusal(path: Path, hints: Hints | None = None) -> str:
    with pytest.raises(ReadingError) as refused:
        read_file(path, hints=hints)
    return refused.value.code


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop.name)
    for path in (pipe, tmp_path, loop, tmp_path / "none", Path("/dev/zero")):
        assert refusal(path) == "not_opened"
    assert refusal(Path("a\0b")) == "not_opened"
    text = tmp_path / "a.csv"
    text.write_text(HEADER + RECORD)
    for mapping in (pipe, tmp_path, loop, Path("/dev/zero")):
        assert refusal(text, Hints(mapping=mapping)) == "bad_mapping"
    link = tmp_path / "link.csv"
    link.symlink_to(text)
    assert read_file(link).rows == 1


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 65_536, ",\n" * 40_000, "'.,;-!" * 20_000, '"' * 100_000,
        ("a" + " " * 19_000 + "b,c d\n") * 8, ("a,b" + "_ " * 9_000 + "\n") * 8,
        ("a,b(" + "(" * 9_000 + " )" * 4_000 + "\n") * 8,
        "Date of Test: 1" + " " * 60_000 + "x\n", ("a,b,c," * 106 + "\n") * 400,
    ],
    ids=range(9),
)  # fmt: skip
def test_texts_made_to_cost_time(text: str, tmp_path: Path) -> None:
    # each of them took minutes with a pattern that tries every split of a run
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert refusal(path) == "unknown_format"


def test_few_of_many_possible_headers_are_looked_at() -> None:
    lines = split_lines(("a,b;c|d\te," * 300 + "\n") * 400)
    headers = list(candidate_headers(lines))
    assert sum(len(header.fields) for header in headers) < 30_000
    assert take_apart("x" * 1_000_000).names == ("x" * 200,)


def test_a_long_state_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + RECORD.replace("Rest", "Rest" * 100_000) + RECORD)
    recording = read_file(path)
    assert [len(step.label) for step in recording.steps] == [80, 4]


@pytest.mark.parametrize("number", ["1e400", "nan", "inf", "=1+40", "41,000"])
def test_numbers_that_are_none(number: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + RECORD.replace("41.0", f'"{number}"') + RECORD)
    assert refusal(path) in {"bad_row", "not_a_number"}


def test_times_of_day_run_on_over_midnight(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    titles, record = "Time,Voltage (V),Current (A)\n", "{},41,\u22121\n"
    times = ("23:30:00", "23:59:30", "00:00:30", "01:00:00")
    path.write_text(titles + "".join(record.format(time) for time in times))
    assert read_file(path).time_s.tolist() == [0, 1770, 1830, 5400]
    # a second test below the first starts nowhere near the first one's end
    times = ("00:00:00", "20:00:00", "00:00:00", "20:00:00")
    path.write_text(titles + "".join(record.format(time) for time in times))
    assert read_file(path).time_s.tolist() == [0, 72000, 0, 72000]


def test_thousands_are_read_only_when_there_is_one_way(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    header = "Time (s);Voltage (mV);Current (A);T (°C)\n"
    for row in ("0;41,000.5;-1.5;25.3\n", "0;41.000,5;-1,5;25.3\n"):
        path.write_text(header + row)
        recording = read_file(path)
        assert recording.voltage_v.tolist() == [41.0005]
        assert recording.current_a.tolist() == [-1.5]
        assert recording.temperature_c is not None
        assert recording.temperature_c.tolist() == [25.3]
    # a thousand and more, or one and a bit
    path.write_text(header + "0;41.000;-1,5;25,3\n60;40.000;-1,5;25,3\n")
    assert refusal(path) == "bad_row"
    path.write_text(header.replace(";", ",") + '0,"41,000","-1,000",25\n')
    assert refusal(path) == "no_records"
