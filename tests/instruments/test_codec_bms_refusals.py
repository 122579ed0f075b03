"""Messages with right check sums and values that cannot be, and rarer messages."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from instruments.codecs.bms import (
    abc,
    buknuwo,
    cbtpwr,
    daly,
    dpwrcore,
    ecoworthy,
    felicity,
    humsienk,
    modbus,
    ogt,
    pace,
    roypow,
    superb,
    tdt,
    tianpwr,
    ws_nova,
)
from instruments.codecs.bms.claim import BmsClaim, make_claim
from instruments.codecs.frame import (
    FrameError,
    crc8_maxim,
    crc16_modbus,
    lrc16,
    sum16,
    xor8,
)
from tests.instruments.bms_exchanges import FOLDER, read_chunks
from tests.instruments.conftest import Sample

Seal = Callable[[bytearray], None]


def seal_modbus(frame: bytearray) -> None:
    frame[-2:] = crc16_modbus(bytes(frame[:-2])).to_bytes(2, "little")


def seal_abc(frame: bytearray) -> None:
    frame[-1] = crc8_maxim(bytes(frame[:-1]))


def seal_roypow(frame: bytearray) -> None:
    frame[-2] = xor8(bytes(frame[3:-2]))


def seal_nothing(frame: bytearray) -> None:
    del frame


def change(chunks: list[bytes], head: str, at: int, value: int, seal: Seal) -> None:
    """One byte of every message that begins so."""
    for number, chunk in enumerate(chunks):
        if chunk.startswith(bytes.fromhex(head)):
            frame = bytearray(chunk)
            frame[at] = value
            seal(frame)
            chunks[number] = bytes(frame)


@pytest.mark.parametrize(
    ("name", "decode", "head", "at", "value", "seal", "reason"),
    [
        ("abc_bms__update", abc.decode, "ccf2", 4, 9, seal_abc, "9 sensors"),
        ("abc_bms__update", abc.decode, "ccf4", 2, 9, seal_abc, "not numbered"),
        (
            "ecoworthy_bms__update_1",
            ecoworthy.decode,
            "a2",
            15,
            0,
            seal_modbus,
            "0 cel",
        ),
        (
            "ecoworthy_bms__update_1",
            ecoworthy.decode,
            "a2",
            81,
            9,
            seal_modbus,
            "9 sen",
        ),
        (
            "tianpwr_bms__update",
            tianpwr.decode,
            "551484",
            3,
            17,
            seal_nothing,
            "no pack",
        ),
        (
            "tianpwr_bms__update",
            tianpwr.decode,
            "551483",
            4,
            101,
            seal_nothing,
            "no pack",
        ),
        (
            "superb_bms__update",
            superb.decode,
            "00755e64",
            2,
            101,
            seal_nothing,
            "no pack",
        ),
        (
            "superb_bms__update",
            superb.decode,
            "00755e64",
            12,
            0x7F,
            seal_nothing,
            "no ",
        ),
        (
            "superb_v2_bms__update",
            superb.decode_v2,
            "0023",
            1,
            101,
            seal_nothing,
            "no p",
        ),
        (
            "daly_bms__update-False",
            daly.decode,
            "d2037c",
            3,
            1,
            seal_nothing,
            "no whole",
        ),
    ],
)
def test_values_that_cannot_be_are_refused(
    sample: Sample,
    name: str,
    decode: Callable[[list[bytes]], BmsClaim],
    head: str,
    at: int,
    value: int,
    seal: Seal,
    reason: str,
) -> None:
    chunks = read_chunks(sample(FOLDER, f"{name}.json"))
    decode(chunks)
    change(chunks, head, at, value, seal)

    with pytest.raises(FrameError, match=reason):
        decode(chunks)


def test_too_many_sensors_are_refused_where_answers_come_in_parts(
    sample: Sample,
) -> None:
    stream = b"".join(read_chunks(sample(FOLDER, "buknuwo_bms__update.json")))
    many = bytearray(stream[-27:])
    assert many[:3] == b"\x01\x03\x16"
    many[4] = 11
    seal_modbus(many)
    with pytest.raises(FrameError, match="11 sensors"):
        buknuwo.decode([stream[:-27], bytes(many)])

    chunks = read_chunks(sample(FOLDER, "roypow_bms__update.json"))
    joined = b"".join(chunk.removeprefix(b"AT+STAT\r\n") for chunk in chunks)
    start = joined.index(b"\xea\xd1\x01\x1a")
    state = bytearray(joined[start : start + 30])
    state[13] = 9
    seal_roypow(state)
    with pytest.raises(FrameError, match="9 sensors"):
        roypow.decode([joined[:start], bytes(state), joined[start + 30 :]])


def test_a_refusal_of_modbus_is_told() -> None:
    body = bytes([2, 0x83, 4])
    refusal = body + crc16_modbus(body).to_bytes(2, "little")

    with pytest.raises(FrameError, match="refuses the request, code 4"):
        modbus.pages(refusal, 2)


def test_cells_without_number_are_refused() -> None:
    head = b"\x3a\x03\x05"

    def page(command: int, data: bytes) -> bytes:
        body = bytes([command]) + data
        answer = head + body + (sum16(body) + 8).to_bytes(2) + b"\r\n"
        return (bytes([len(answer), 0x11]) + answer).ljust(20, b"\0")

    pages = [page(0x60, bytes(10)), page(0x61, bytes(10)), page(0x62, bytes(10))]

    with pytest.raises(FrameError, match="0 cells"):
        dpwrcore.decode(pages)


def test_vb_counts_are_checked() -> None:
    def line(data: bytes) -> bytes:
        digits = data.hex().upper().encode()
        return b"~" + digits + f"{lrc16(digits):04X}".encode() + b"\r"

    with pytest.raises(FrameError, match="0 cells"):
        cbtpwr.decode_vb([line(b"\x22\x01\x46\x00\x00\x10" + bytes(40))])
    with pytest.raises(FrameError, match="is missing"):
        cbtpwr.decode_vb([b"~zz", b"~2201460000000000zzzz\r"])


def make_felicity(**changes: Any) -> bytes:
    document: dict[str, Any] = {
        "CommVer": 1,
        "Batt": [[52800], [-1], [None]],
        "BatsocList": [[3300, 1000, 300_000]],
        "BatcelList": [[3296, 65535]],
        "BtemList": [[130, 32767]],
        "Bwarn": 0,
        "Bfault": 0,
    }
    return json.dumps({**document, **changes}).encode()


def test_felicity_says_what_it_has() -> None:
    claim = felicity.decode([make_felicity()])

    assert (claim.voltage_v, claim.cells_v, claim.serial) == (52.8, (3.296,), None)


@pytest.mark.parametrize(
    "data",
    [
        make_felicity(CommVer=2),
        make_felicity(Batt=[[]]),
        make_felicity(Batt=None),
        make_felicity(BatcelList=[]),
        make_felicity(Bwarn=True),
        make_felicity(BatsocList=[[1e3, 1, 2]]),
        make_felicity(Batt=[[10**12], [1]]),
        make_felicity(CommVer=float("nan")),
        b"[1]",
        b"{" * 5000,
        b"",
    ],
)
def test_felicity_is_checked_value_by_value(data: bytes) -> None:
    with pytest.raises(FrameError):
        felicity.decode([data])


def make_pace(kind: int, data: bytes) -> bytes:
    body = b"\x9a\x00\x00" + kind.to_bytes(2) + b"\0\0" + bytes([len(data)]) + data
    return body + crc16_modbus(body).to_bytes(2) + b"\x9d"


def test_pace_tells_one_of_its_packs_and_its_serial() -> None:
    pack = bytes(1) + (-423 & 0xFFFF).to_bytes(2) + (5301).to_bytes(2)
    pack += (7400).to_bytes(2) + bytes(2) + (10_000).to_bytes(2) + b"\x4a\x64\x00\xef"
    cell = (3310).to_bytes(2) + (2953).to_bytes(2)
    cells = bytes(3) + b"\x02" + cell * 2
    serial = b"\x06PC1234"

    claim = pace.decode(
        [make_pace(0x0A01, pack), make_pace(0x0A02, cells), make_pace(0x0002, serial)]
    )

    assert (claim.current_a, claim.voltage_v, claim.remaining_ah) == (-4.23, 53.01, 74)
    assert (claim.soc_pct, claim.soh_pct, claim.cycles) == (74, 100, 239)
    assert claim.cells_v == (3.31, 3.31)
    assert [sensor.value_c for sensor in claim.temperatures] == [22.2, 22.2]
    assert (claim.serial, claim.pack_count) == ("PC1234", None)


def test_models_and_serials_are_told_where_they_come(sample: Sample) -> None:
    name = b"HS12150".ljust(10, b"\0")
    body = bytes([0x11, len(name)]) + name
    model = b"\xaa" + body + sum16(body).to_bytes(2, "little")
    chunks = read_chunks(sample(FOLDER, "humsienk_bms__update.json"))
    assert humsienk.decode([*chunks, model]).model == "HS12150"

    names = b"\x7e\x00\x01\x03\x00\x92" + (60).to_bytes(2) + bytes(40)
    names += b"TDT0001".ljust(20, b"\0")
    names += crc16_modbus(names).to_bytes(2) + b"\x0d"
    chunks = read_chunks(sample(FOLDER, "tdt_bms__update_4S4Tv0.0.json"))
    assert tdt.decode([*chunks, names]).serial == "TDT0001"

    chunks = read_chunks(sample(FOLDER, "ws_nova_bms__update.json"))
    assert ws_nova.decode(chunks).serial == "WSN5500724211093"


def test_an_answer_with_another_key_is_refused() -> None:
    answers = [b"+RD,0801\r\n", bytes(byte ^ 9 for byte in b"+RD,0901\r\n")]

    with pytest.raises(FrameError, match="one key"):
        ogt.decode(answers)
    with pytest.raises(FrameError, match="register 2 is missing"):
        ogt.decode(answers[:1])


@pytest.mark.parametrize("at", [0, 4])
def test_an_error_of_tdt_is_told(sample: Sample, at: int) -> None:
    chunks = read_chunks(sample(FOLDER, "tdt_bms__update_0x1e_head.json"))
    stream = bytearray(b"".join(chunks))
    stream[at] ^= 1
    size = stream.index(b"\x0d\x7e") + 1
    stream[size - 3 : size - 1] = crc16_modbus(bytes(stream[: size - 3])).to_bytes(2)

    with pytest.raises(FrameError, match=r"error 0x01|is missing"):
        tdt.decode([bytes(stream)])


def test_what_follows_is_marked_as_derived() -> None:
    claim = make_claim(
        "x",
        {"cells_v": (3.3, 3.31), "rated_ah": 10.0, "remaining_ah": 4.0},
    )

    assert (claim.voltage_v, claim.soc_pct, claim.cell_count) == (6.61, 40.0, 2)
    assert {"voltage_v", "soc_pct", "cell_count"} <= claim.derived
    assert claim.energy_wh == pytest.approx(26.44)
    assert make_claim("x", {}).energy_wh is None
    assert make_claim("x", {"rated_ah": 0.5, "total_charge_ah": 2.0}).cycles == 4
    assert make_claim("x", {"soc_pct": 101}).problem
