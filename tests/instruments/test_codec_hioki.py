"""What a Hioki BT356x answers, and above all what its faults look like."""

from decimal import Decimal

import pytest

from instruments.codecs.frame import FrameError
from instruments.codecs.hioki import (
    Fault,
    HiokiReading,
    decode_identity,
    decode_reading,
    decode_register,
    encode_reading,
    errors_of,
)


@pytest.mark.parametrize(
    ("line", "ohms", "volts"),
    [
        (b"  15.32E-3, 3.85012E+0", "0.01532", "3.85012"),
        (b" 181.25E-3,-52.31000E+0\r\n", "0.18125", "-52.31"),
        (b"1.5000E+0,0.00001E+0", "1.5", "0.00001"),
        (b"   0.00E-3, 0.00000E+0", "0", "0"),
    ],
)
def test_digits_are_kept_as_they_are(line: bytes, ohms: str, volts: str) -> None:
    reading = decode_reading(line)

    assert reading.resistance_ohm == Decimal(ohms)
    assert reading.voltage_v == Decimal(volts)
    assert (reading.resistance_fault, reading.voltage_fault) == (None, None)


@pytest.mark.parametrize("shown", ["1E+9", "10.000E+8", "100.00E+7", "1000.0E+6"])
def test_over_the_range_is_no_thousand_million_ohms(shown: str) -> None:
    reading = decode_reading(f"{shown:>10}, 3.85012E+0".encode())

    assert reading.resistance_ohm is None
    assert reading.resistance_fault is Fault.OUT_OF_RANGE
    assert reading.voltage_v == Decimal("3.85012")


@pytest.mark.parametrize("shown", ["1E+10", "10.000E+9", "100.00E+8", "1000.00E+7"])
def test_an_open_probe_is_a_fault_of_both(shown: str) -> None:
    reading = decode_reading(f" {shown}, {shown}".encode())

    assert (reading.resistance_ohm, reading.voltage_v) == (None, None)
    assert reading.resistance_fault is reading.voltage_fault is Fault.PROBE_OPEN


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"15.32E-3",
        b"15.32E-3,3.85E+0,1",
        b"nan,3.85E+0",
        b"inf,3.85E+0",
        b"15.32,3.85",
        b"5.0000E+8,3.85E+0",
        b"15.32E-3,400.00E+0",
        b"1_5.3E-3,3.85E+0",
        "\u06615.32E-3,3.85E+0".encode(),
        b"\xff.32E-3,3.85E+0",
        b"1" * 100,
    ],
)
def test_what_is_neither_value_nor_fault_is_refused(line: bytes) -> None:
    with pytest.raises(FrameError):
        decode_reading(line)


@pytest.mark.parametrize(
    "reading",
    [
        HiokiReading(resistance_ohm=Decimal("0.18125"), voltage_v=Decimal("52.31")),
        HiokiReading(
            resistance_ohm=None,
            voltage_v=Decimal("52.31"),
            resistance_fault=Fault.OUT_OF_RANGE,
        ),
        HiokiReading(
            resistance_ohm=None,
            voltage_v=None,
            resistance_fault=Fault.PROBE_OPEN,
            voltage_fault=Fault.PROBE_OPEN,
        ),
    ],
)
def test_what_is_encoded_is_decoded(reading: HiokiReading) -> None:
    assert decode_reading(encode_reading(reading)) == reading


def test_the_serial_number_is_left_out() -> None:
    identity = decode_identity(b"HIOKI,BT3562A,0,V1.05\r\n")

    assert (identity.model, identity.firmware) == ("BT3562A", "V1.05")
    for line in (b"HIOKI,BT3562A", b"KEYSIGHT,34461A,1,2"):
        with pytest.raises(FrameError, match="not a Hioki"):
            decode_identity(line)


def test_registers_and_their_errors() -> None:
    assert decode_register(b"  48\r\n") == 48
    assert errors_of(128) == ()
    assert errors_of(48) == ("command_error", "execution_error")
    for line in (b"256", b"-1", b"4x", b"", "\u0663".encode()):
        with pytest.raises(FrameError):
            decode_register(line)
