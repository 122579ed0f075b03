"""Whatever comes over a wire is a value or a `FrameError`, and soon."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments.codecs import bms, frame, hioki, rc3563, zketech, zketech_command
from instruments.codecs.bms import daly, jbd, jk_uart
from instruments.codecs.bms.families import FAMILIES
from instruments.codecs.frame import FrameError
from instruments.drivers.simulated_bms import make_pack_claim
from instruments.testing import check_codec
from instruments.testing.codecs import changed_inputs, try_codec
from tests.instruments.bms_exchanges import find_decode, read_exchanges

# what each looks for; random bytes alone would never get past it
MARKS = (
    *(b"\x7e\xa1", b"\xaa\x55\xaa\xff", b"\xcc\xf0", b"\xcc\xf4", b"\x7b\x01\x20"),
    *(b"\x01\x03\x1a", b"\xaa\x55\x0b\x08", b"~2201", b"\xd2\x03\x7c", b"\xa5\x01\x90"),
    *(
        b"\x12\x11\x3a\x03\x05\x60",
        b"\xa1",
        b"\xa2",
        b":0082",
        b"{",
        b"\x47\x16\x01\x09",
    ),
    *(
        b"\xaa\x21\x1a",
        b"\xdd\x03\x00\x1d",
        b"\x55\xaa\xeb\x90\x02",
        b"NW",
        b"\x22\x03",
    ),
    *(b"1399,350,350,350,350,55,48,-3,99,0\r\n", b"&,1,2,3\r\n", b"UU\x01\x00\x02"),
    *(b"\x55\xaa\x11\x01\x02", b"+RD,", b"\x9a\x00\x00\x0a\x01", b"\x00\x00\x65"),
    *(
        b"\x30\x03\x0e",
        b"\xea\xd1\x01",
        b"\xa5\xa5\x00\x03",
        b"\x00\x04\x34",
        b"\x7e\x14",
    ),
    *(
        b"\x7e\x00\x01\x03\x00\x8c",
        b"\x55\x14\x83",
        b"\x5e",
        b"\x02\x03\x28",
        b"\x01\x78",
    ),
)
pieces = st.one_of(st.sampled_from(MARKS), st.binary(max_size=40))
exchanges = st.lists(st.lists(pieces, max_size=5).map(b"".join), max_size=6)

SINGLE: dict[str, Callable[[bytes], Any]] = {
    "hioki reading": hioki.decode_reading,
    "hioki identity": hioki.decode_identity,
    "hioki register": hioki.decode_register,
    "rc3563 log": rc3563.decode_log,
    "zketech report": zketech.decode,
    "zketech command": zketech_command.decode_command,
    "jbd up": jbd.decode_up,
    "jk tags": jk_uart.decode_tags,
    "jbd basic": jbd.decode_basic,
    "jbd cells": jbd.decode_cells,
}


def single(decode: Callable[[bytes], Any]) -> Callable[[Sequence[bytes]], Any]:
    return lambda chunks: decode(b"".join(chunks))


@pytest.mark.parametrize("name", FAMILIES)
@settings(max_examples=30)
@given(exchanges)
def test_random_exchanges_give_a_claim_or_a_frame_error(
    name: str, chunks: list[bytes]
) -> None:
    try_codec(FAMILIES[name], chunks)


@pytest.mark.parametrize("name", SINGLE)
@settings(max_examples=50)
@given(st.one_of(st.binary(max_size=40), st.text(max_size=30).map(str.encode)))
def test_random_frames_give_a_value_or_a_frame_error(name: str, data: bytes) -> None:
    try_codec(single(SINGLE[name]), [data])


def test_changed_exchanges_give_a_claim_or_a_frame_error(shared_data: Path) -> None:
    for name, chunks, _ in read_exchanges(shared_data / "instrument_files"):
        decode = find_decode(name)
        for changed in changed_inputs(chunks, rounds=40, seed=1):
            try_codec(decode, changed)


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check sum of a frame that is long enough passes for right."""
    original = frame.find_frames

    def find(
        stream: bytes,
        *,
        head: bytes,
        length: Callable[[bytes], int | None],
        good: Callable[[bytes], bool],
    ) -> Iterator[bytes]:
        def long_enough(found: bytes) -> bool:
            good(found)
            return len(found) >= 8

        return original(stream, head=head, length=length, good=long_enough)

    for module in pkgutil.iter_modules(bms.__path__, f"{bms.__name__}."):
        loaded = importlib.import_module(module.name)
        if hasattr(loaded, "find_frames"):
            monkeypatch.setattr(loaded, "find_frames", find)


@pytest.mark.usefixtures("unchecked")
def test_wrong_values_behind_a_right_check_sum_are_survived(shared_data: Path) -> None:
    for name, chunks, _ in read_exchanges(shared_data / "instrument_files"):
        decode = find_decode(name)
        for changed in changed_inputs(chunks, rounds=40, seed=2):
            try_codec(decode, changed)


@pytest.mark.soak
def test_a_hundred_thousand_changed_exchanges(shared_data: Path) -> None:
    files = list(read_exchanges(shared_data / "instrument_files"))
    rounds = 100_000 // len(files) + 1
    for name, chunks, _ in files:
        decode = find_decode(name)
        for changed in changed_inputs(chunks, rounds=rounds, seed=3):
            try_codec(decode, changed)


@pytest.mark.soak
@pytest.mark.usefixtures("unchecked")
def test_a_hundred_thousand_wrong_values(shared_data: Path) -> None:
    files = list(read_exchanges(shared_data / "instrument_files"))
    rounds = 100_000 // len(files) + 1
    for name, chunks, _ in files:
        decode = find_decode(name)
        for changed in changed_inputs(chunks, rounds=rounds, seed=4):
            try_codec(decode, changed)


@pytest.mark.soak
@pytest.mark.parametrize("name", SINGLE)
def test_a_hundred_thousand_changed_frames(name: str) -> None:
    claim = make_pack_claim()
    starts = {
        "hioki reading": b"  180.00E-3, 52.31000E+0",
        "hioki identity": b"HIOKI,BT3562A,0,V1.05",
        "hioki register": b"16",
        "rc3563 log": rc3563.encode(
            rc3563.Packet(resistance_mohm=180.0, voltage_v=52.3)
        ),
        "jk tags": jk_uart.encode(claim),
        "jbd basic": jbd.encode(claim)[jbd.BASIC],
        "jbd cells": jbd.encode(claim)[jbd.CELLS],
    }
    decode = single(SINGLE[name])
    for changed in changed_inputs(
        [starts.get(name, bytes(range(19)))], rounds=100_000, seed=5
    ):
        try_codec(decode, changed)


@pytest.mark.parametrize("name", FAMILIES)
def test_too_much_is_refused_at_once(name: str) -> None:
    flood = [bytes(10_000_000)]

    with pytest.raises(FrameError):
        FAMILIES[name](flood)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("mark", [b"\x9a", b"\xd2\x03", b"\x7e", b"\x00", b":", b"U"])
def test_marks_without_end_take_no_time(name: str, mark: bytes) -> None:
    try_codec(FAMILIES[name], [(mark * 8192)[:8192]])


def make_jbd_exchange() -> list[bytes]:
    data = jbd.encode(make_pack_claim())
    return [jbd.answer(command, content) for command, content in data.items()]


def test_our_own_codecs_pass_the_kit() -> None:
    expected = {"voltage_v": 50.84, "soc_pct": 71, "model": "SIM-13S12"}
    check_codec(FAMILIES["jbd"], make_jbd_exchange(), expected, rounds=200)
    frames = [one for many in daly.encode(make_pack_claim()).values() for one in many]
    check_codec(FAMILIES["daly"], frames, {"soc_pct": 71.0}, rounds=200)
    tags = jk_uart.encode(make_pack_claim())
    check_codec(FAMILIES["jk_uart"], [jk_uart.answer(tags)], {"soc_pct": 71})
    reading = hioki.decode_reading(b" 180.00E-3, 52.31000E+0")
    wanted = {"resistance_ohm": Decimal("0.18000"), "voltage_fault": None}
    check_codec(single(hioki.decode_reading), [hioki.encode_reading(reading)], wanted)


class Claim:
    def __init__(self, soc_pct: float) -> None:
        self.soc_pct = soc_pct

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Claim) and other.soc_pct == self.soc_pct

    __hash__ = None  # type: ignore[assignment]  # compared only


def test_the_kit_finds_a_wrong_value() -> None:
    with pytest.raises(AssertionError, match=r"soc_pct is 70\.0, not 71\.0"):
        check_codec(lambda _: Claim(70.0), [b"x"], {"soc_pct": 71.0})


def test_the_kit_finds_another_exception() -> None:
    def careless(chunks: Sequence[bytes]) -> Claim:
        return Claim(float(b"".join(chunks)[3]))

    with pytest.raises(AssertionError, match="IndexError instead of FrameError"):
        check_codec(careless, [b"abcG"], {"soc_pct": 71.0})


def test_the_kit_finds_a_moody_codec() -> None:
    answers = iter([Claim(71.0), Claim(72.0)])

    with pytest.raises(AssertionError, match="another value"):
        check_codec(lambda _: next(answers), [b"x"], {})
