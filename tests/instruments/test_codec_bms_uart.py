"""Frames of battery management systems on the cable, and what names a pack."""

import json
import re
import struct
from typing import Any

import pytest

from instruments.codecs.bms import (
    daly,
    greenway,
    jbd,
    jikong,
    jk_uart,
    modbus,
    seplos,
)
from instruments.codecs.bms.claim import BmsClaim, Temperature, make_claim
from instruments.codecs.frame import FrameError, sum8
from instruments.drivers.simulated_bms import make_pack_claim
from tests.instruments.conftest import Expected, Sample


def read_frames(sample: Sample, folder: str) -> dict[str, dict[str, Any]]:
    document = json.loads(sample(folder, "frames.json").read_text())
    return {
        name: frame
        for frames in document["files"].values()
        for name, frame in frames.items()
    }


def read_log(sample: Sample, name: str) -> list[bytes]:
    """The whole answers of a log of a UART."""
    found = re.findall(
        r"<<< ([0-9A-F]{2}(?:[.:][0-9A-F]{2})+)$",
        sample("bms_jbd_syssi", name).read_text(),
        re.MULTILINE,
    )
    return [bytes.fromhex(re.sub(r"[.:]", "", line)) for line in found]


def test_jbd_tells_its_pack(sample: Sample, expected: Expected) -> None:
    frames = read_frames(sample, "bms_jbd_syssi")
    stated = expected("bms_jbd_syssi")
    basic = jbd.decode_basic(bytes.fromhex(frames["BASICINFO_FRAME"]["hex"]))
    volts = jbd.decode_cells(bytes.fromhex(frames["CELLINFO_FRAME"]["hex"]))

    wanted = stated["frames.json:BASICINFO_FRAME"]
    assert basic["voltage_v"] == wanted["voltage_V"]
    assert basic["current_a"] == wanted["current_A"]
    assert basic["remaining_ah"] == wanted["capacity_remaining_Ah"]
    assert basic["rated_ah"] == wanted["nominal_capacity_Ah"]
    assert basic["soc_pct"] == wanted["soc_pct"]
    assert basic["cell_count"] == wanted["cells"]
    found = [sensor.value_c for sensor in basic["temperatures"]]
    assert found == wanted["temperatures_C"]
    cells = stated["frames.json:CELLINFO_FRAME"]
    assert list(volts) == cells["cells_V"]
    assert make_claim("x", {"cells_v": volts}).cell_spread_v == cells["delta_V"]


@pytest.mark.parametrize(
    ("name", "code", "charge", "discharge"),
    [
        ("BASICINFO_FRAME", 0, True, True),
        ("BASICINFO_FRAME_CELL_OVERVOLTAGE", 1, False, True),
        ("BASICINFO_FRAME_ALL_PROTECTIONS", 0x1FFF, True, True),
        ("BASICINFO_FRAME_MOSFET_SOFTWARE_LOCK", 0x1000, False, True),
    ],
)
def test_jbd_tells_its_protections(
    sample: Sample, name: str, code: int, charge: bool, discharge: bool
) -> None:
    frame = read_frames(sample, "bms_jbd_syssi")[name]

    told = jbd.decode_basic(bytes.fromhex(frame["hex"]))

    assert told["problem_code"] == code
    assert (told["charge_on"], told["discharge_on"]) == (charge, discharge)
    assert told["software"] == "8.0"
    assert bool(make_claim("x", told).problem) == bool(code)


def test_jbd_logs_are_read_whole(sample: Sample) -> None:
    claim = jbd.decode(read_log(sample, "JBD-SP04S034-L4S-200A-B-U.txt"))

    assert claim.model == "JBD-SP04S034-L4S-200A-B-U"
    # the later of two answers counts
    assert claim.cells_v == (3.909, 3.902, 3.895, 3.901)
    assert [sensor.value_c for sensor in claim.temperatures] == [22.4, 22.2, 21.7]


def test_a_dead_cell_is_a_fault_and_no_imbalance(
    sample: Sample, expected: Expected
) -> None:
    name = "JBD-SP25S003-L16S-100A-100A-B.txt"
    wanted = expected("bms_jbd_syssi")[name]

    claim = jbd.decode(read_log(sample, name))

    assert list(claim.cells_v) == wanted["cells_V"]
    assert claim.cell_count == wanted["cells"]
    assert claim.rated_ah == wanted["nominal_capacity_Ah"]
    assert claim.made_on == wanted["date_of_manufacture"]
    assert claim.cell_spread_v is None
    assert claim.dead_cells == (16,)
    assert claim.problem
    assert claim.as_json()["dead_cells"] == [16]


def test_jbd_up_tells_its_pack(sample: Sample, expected: Expected) -> None:
    frame = bytes.fromhex(
        read_frames(sample, "bms_jbd_syssi")["PACK_STATUS_RESPONSE"]["hex"]
    )
    wanted = expected("bms_jbd_syssi")["frames.json:PACK_STATUS_RESPONSE"]

    claim = jbd.decode_up(frame)

    assert claim.voltage_v == wanted["voltage_V"]
    assert claim.current_a == wanted["current_A"]
    assert claim.soc_pct == wanted["soc_pct"]
    assert claim.remaining_ah == wanted["capacity_remaining_Ah"]
    assert claim.rated_ah == wanted["nominal_capacity_Ah"]
    assert claim.cycles == wanted["cycles"]
    assert claim.soh_pct == wanted["soh_pct"]
    assert claim.cell_count == len(claim.cells_v) == wanted["cells"]
    assert min(claim.cells_v) == wanted["min_cell_V"]
    assert max(claim.cells_v) == wanted["max_cell_V"]
    assert claim.cell_spread_v == wanted["delta_V"]
    cells, others = claim.temperatures[:4], claim.temperatures[4:]
    assert [s.value_c for s in cells] == [20.9, 20.4, 21.0, 21.2]
    assert [(s.place, s.value_c) for s in others] == [
        ("mosfet", 21.0),
        ("ambient", 22.6),
    ]
    assert claim.model == "JBD48100000"


def test_another_pack_of_the_bus_is_told_apart(sample: Sample) -> None:
    frames = read_frames(sample, "bms_jbd_syssi")

    claim = jbd.decode_up(bytes.fromhex(frames["PACK_STATUS_RESPONSE_ADDR2"]["hex"]))

    assert (claim.voltage_v, claim.soc_pct, claim.cycles) == (53.21, 73.0, 2)
    assert claim.remaining_ah == 73.27


@pytest.mark.parametrize("at", [1, 7, 40, -1])
def test_a_broken_frame_of_jbd_up_is_refused(sample: Sample, at: int) -> None:
    frame = read_frames(sample, "bms_jbd_syssi")["PACK_STATUS_RESPONSE"]
    broken = bytearray.fromhex(frame["hex"])
    broken[at] ^= 0x10

    with pytest.raises(FrameError):
        jbd.decode_up(bytes(broken))


def test_jbd_that_answers_an_error_is_refused() -> None:
    data = jbd.encode(make_pack_claim())
    refusal = bytes([0xDD, jbd.CELLS, 0x80, 0, 0xFF, 0x80, 0x77])

    with pytest.raises(FrameError, match="error 0x80"):
        jbd.decode([jbd.answer(jbd.BASIC, data[jbd.BASIC]), refusal])
    with pytest.raises(FrameError, match="0x04 is missing"):
        jbd.decode([jbd.answer(jbd.BASIC, data[jbd.BASIC])])


def test_jk_tells_a_pack_of_14_cells(sample: Sample, expected: Expected) -> None:
    frame = read_frames(sample, "bms_jk_syssi")["STATUS_FRAME_14S"]
    wanted = expected("bms_jk_syssi")["STATUS_FRAME_14S"]
    tags = bytes.fromhex(frame["hex"])

    for claim in (jk_uart.decode_tags(tags), jk_uart.decode([jk_uart.answer(tags)])):
        assert list(claim.cells_v) == wanted["cells_V"]
        assert claim.voltage_v == wanted["voltage_V"]
        assert claim.current_a == wanted["current_A"]
        assert claim.soc_pct == wanted["soc_pct"]
        assert claim.rated_ah == wanted["capacity_Ah"]
        assert claim.cycles == wanted["cycles"]
        found = [sensor.value_c for sensor in claim.temperatures]
        assert found == list(wanted["temperatures_C"].values())
        assert claim.cell_spread_v == wanted["delta_V"]
        assert claim.serial == "BT3072020120000200521001"
        assert claim.made_on == "2021-01"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("JK02_24S_V10", (78.735, 0.0, 85, 42.804, 50.0, 0, 24, 20.7)),
        ("JK02_24S_V10_NEG_TEMPS", (42.786, 0.0, 47, 63.168, 132.0, 56, 13, -3.1)),
        ("JK02_32S_V11", (51.689, 0.0, 52, 1.043, 2.0, 0, 16, 17.3)),
        ("JK02_32S_V15", (53.224, 31.881, 25, 49.286, 200.0, 9, 16, 12.9)),
        ("JK02_32S_V19", (54.028, -0.727, 100, 312.898, 314.0, 5, 16, 12.8)),
    ],
)
def test_jk_over_ble_is_read_in_every_layout(
    sample: Sample, name: str, values: tuple[Any, ...]
) -> None:
    frames = read_frames(sample, "bms_jk_syssi")
    device = frames[f"DEVICE_INFO_{name.removesuffix('_NEG_TEMPS')}"]["hex"]
    cells = bytes.fromhex(frames[f"CELL_INFO_{name}"]["hex"])

    claim = jikong.decode([bytes.fromhex(device), cells])

    found = (claim.voltage_v, claim.current_a, claim.soc_pct, claim.remaining_ah)
    more = (claim.rated_ah, claim.cycles, claim.cell_count)
    assert (*found, *more, claim.temperatures[0].value_c) == values
    assert claim.soh_pct == 100
    # without the device's frame the sum of the cells tells the layout
    alone = jikong.decode([cells])
    assert (alone.voltage_v, alone.cells_v) == (claim.voltage_v, claim.cells_v)


def test_jk_states_of_the_first_frame(sample: Sample, expected: Expected) -> None:
    frames = read_frames(sample, "bms_jk_syssi")
    wanted = expected("bms_jk_syssi")["CELL_INFO_JK02_24S_V10"]

    claim = jikong.decode([bytes.fromhex(frames["CELL_INFO_JK02_24S_V10"]["hex"])])

    assert claim.voltage_v == wanted["voltage_V"]
    assert claim.cell_count == wanted["cells"]
    assert min(claim.cells_v) == wanted["min_cell_V"]
    assert max(claim.cells_v) == wanted["max_cell_V"]
    assert claim.remaining_ah == wanted["capacity_remaining_Ah"]
    assert claim.rated_ah == wanted["nominal_Ah"]
    assert claim.cycles == wanted["cycles"]


def make_jk_frame(kind: int, parts: dict[int, bytes]) -> bytes:
    frame = bytearray(jikong.FRAME_LENGTH)
    frame[:5] = jikong.HEAD + bytes([kind])
    for at, data in parts.items():
        frame[at : at + len(data)] = data
    frame[-1] = sum8(bytes(frame[:-1]))
    return bytes(frame)


def test_jk04_speaks_in_floats() -> None:
    volts = [3.353, 3.359, 3.3551]
    cells = b"".join(struct.pack("<f", value) for value in volts)
    parts = {6: cells, 206: struct.pack("<f", 0.006), 222: struct.pack("<f", -1.5)}
    device = make_jk_frame(0x03, {6: b"JK-B2A16S", 22: b"3.0", 30: b"3.3.0"})

    claim = jikong.decode([device, make_jk_frame(0x02, parts)])

    assert claim.cells_v == pytest.approx(volts, abs=1e-4)
    assert claim.voltage_v == pytest.approx(sum(volts), abs=1e-3)
    assert claim.cell_spread_v == 0.006
    assert claim.balance_current_a == -1.5
    assert claim.hardware == "3.0"
    broken = make_jk_frame(0x02, {6: struct.pack("<f", float("nan"))})
    with pytest.raises(FrameError, match="no number"):
        jikong.decode([device, broken])
    with pytest.raises(FrameError, match="no cell"):
        jikong.decode([device, make_jk_frame(0x02, {})])


def test_a_jk_layout_that_stays_open_is_refused() -> None:
    with pytest.raises(FrameError, match="cannot be told"):
        jikong.decode([make_jk_frame(0x02, {})])
    device = make_jk_frame(0x03, {30: b"beta"})
    with pytest.raises(FrameError, match="tells no layout"):
        jikong.decode([device, make_jk_frame(0x02, {})])


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (b"\x79\x03\x01\x0e\xed", "0x83 is missing"),
        (b"\x79\x03\x02\x0e\xed\x83\x14\xef\x84\x80\xd0\x85\x0f", "not numbered"),
        (b"\x79\x02\x01\x0e\x83\x14\xef\x84\x80\xd0\x85\x0f", "no whole cells"),
        (b"\x79\x03\x01\x0e\xed\x83\x14", "are needed"),
        (b"\x7a", "0x7a is unknown"),
    ],
)
def test_a_broken_list_of_jk_is_refused(tags: bytes, message: str) -> None:
    with pytest.raises(FrameError, match=message):
        jk_uart.decode_tags(tags)


def test_jk_counted_its_current_otherwise_before() -> None:
    tags = b"\x79\x03\x01\x0e\xed\x83\x14\xef\x84\x27\x1a\x85\x0f\x80\x00\x69"

    claim = jk_uart.decode_tags(tags)

    assert claim.current_a == -0.1
    assert claim.temperatures[0].value_c == -5.0


def make_small_claim(**changes: Any) -> BmsClaim:
    told: dict[str, Any] = {
        "voltage_v": 50.8,
        "current_a": -1.5,
        "soc_pct": 71,
        "remaining_ah": 8.52,
        "rated_ah": 12,
        "cycles": 211,
        "cells_v": (3.91,) * 13,
        "temperatures": (Temperature(value_c=24.0), Temperature(value_c=-5.0)),
        "charge_on": True,
        "discharge_on": False,
        "problem_code": 0,
    }
    return make_claim("x", {**told, **changes})


def test_daly_frames_say_what_was_put_in() -> None:
    claim = make_small_claim(problem_code=0x40)
    frames = [frame for parts in daly.encode(claim).values() for frame in parts]

    found = daly.decode([b"".join(frames)])

    for name in ("voltage_v", "current_a", "soc_pct", "remaining_ah", "rated_ah"):
        assert getattr(found, name) == getattr(claim, name), name
    assert found.cells_v == claim.cells_v
    assert [s.value_c for s in found.temperatures] == [24.0, -5.0]
    assert (found.cycles, found.problem_code) == (211, 0x40)
    assert (found.charge_on, found.discharge_on) == (True, False)
    assert all(len(frame) == daly.FRAME_LENGTH for frame in frames)


@pytest.mark.parametrize("lost", range(11))
def test_daly_without_one_frame_is_refused_or_says_less(lost: int) -> None:
    claim = make_small_claim()
    frames = [frame for parts in daly.encode(claim).values() for frame in parts]
    kind = frames[lost][2]
    del frames[lost]

    if kind in (daly.RATED, daly.FAULTS):
        found = daly.decode(frames)
        assert found.cells_v == claim.cells_v
    else:
        with pytest.raises(FrameError, match="is missing"):
            daly.decode(frames)


def test_daly_with_a_sensor_at_its_switches(sample: Sample) -> None:
    path = sample("bms_ble_aiobmsble", "daly_bms__update-False.json")
    exchange = json.loads(path.read_text())["exchange"]
    values = bytes.fromhex(exchange[-1]["hex"])
    switches = modbus.answer(daly.DEVICE, bytes(8) + b"\x00\x46" + bytes(8))

    claim = daly.decode([switches, values])

    found = [sensor.value_c for sensor in claim.temperatures]
    assert found == [30.0, 20.0, 21.0, 22.0, 23.0]
    assert claim.temperatures[0].place == "mosfet"


def make_greenway(*extra: bytes) -> list[bytes]:
    zero = bytes(4)
    values = dict.fromkeys((0x0A, 0x17), zero)
    values |= {0x09: (72_000).to_bytes(4, "little"), 0x16: bytes(16)}
    values |= {0x0D: b"\x4a" + bytes(3), 0x0E: b"\x64" + bytes(3)}
    values |= {0x0F: (28_172).to_bytes(4, "little")}
    values |= {0x18: (37_760).to_bytes(4, "little"), 0x08: bytes([17] * 32)}
    cells = b"".join((4000 + n).to_bytes(2, "little") for n in range(16))
    values |= {0x24: cells, 0x25: cells[:8] + bytes(24)}
    return [*(greenway.message(*item) for item in values.items()), *extra]


def test_greenway_names_its_pack() -> None:
    claim = greenway.decode(
        make_greenway(
            greenway.message(greenway.SERIAL, b"56C00253A00037".ljust(32, b"\0")),
            greenway.message(greenway.CELL_TYPE, b"SAMSUNG-50S".ljust(16, b"\0")),
            greenway.message(greenway.MAKER, b"GREENWAY".ljust(16, b"\0")),
            greenway.message(greenway.TYPE, b"DM3372008".ljust(32, b"\0")),
            greenway.message(greenway.MADE_ON, b"\x19\x03\x0b\x00"),
            greenway.message(greenway.CLOCK, b"\x1a\x05\x12\x11\x00\x16"),
            greenway.message(greenway.VERSION, b"\x3f\x03\x03\x00UD01"),
        )
    )

    assert claim.serial == "56C00253A00037"
    assert claim.cell_type == "SAMSUNG-50S"
    assert (claim.maker, claim.model) == ("GREENWAY", "DM3372008")
    assert claim.made_on == "2025-03-11"
    assert claim.clock == "2026-05-18 17:00:22"
    assert (claim.software, claim.hardware) == ("3.63", "0.3")
    assert claim.cell_count == 20
    assert claim.rated_ah == 37.76


@pytest.mark.parametrize("data", [b"\x19\x0d\x0b\x00", b"\x00\x00\x00\x00"])
def test_a_date_that_is_none_is_left_out(data: bytes) -> None:
    claim = greenway.decode(
        make_greenway(
            greenway.message(greenway.MADE_ON, data),
            greenway.message(greenway.CLOCK, data + b"\x18\x00"),
        )
    )

    assert (claim.made_on, claim.clock) == (None, None)


def test_greenway_is_asked_as_captured(sample: Sample) -> None:
    path = sample("bms_ble_aiobmsble", "greenway_bms__update.json")
    asked = {
        bytes.fromhex(part["hex"])
        for part in json.loads(path.read_text())["exchange"]
        if part["dir"] == "tx"
    }

    assert asked <= {greenway.request(kind) for kind in greenway.REQUESTED}


def test_seplos_v2_is_read() -> None:
    volts = b"".join((3300 + n).to_bytes(2) for n in range(4))
    sensors = (2981).to_bytes(2) * 2
    rest = (-670 & 0xFFFF).to_bytes(2) + (1320).to_bytes(2) + (5234).to_bytes(2)
    rest += bytes(3) + (479).to_bytes(2) + bytes(2) + (9).to_bytes(2)
    rest += (999).to_bytes(2) + bytes(4)
    pack = seplos.frame_v2(0x61, b"\0\0" + b"\x04" + volts + b"\x02" + sensors + rest)
    switches = bytes(38) + b"\x03" + b"\x02" + b"\x00\x01"

    claim = seplos.decode_v2([pack, seplos.frame_v2(0x62, switches)])

    assert claim.cells_v == (3.3, 3.301, 3.302, 3.303)
    assert [sensor.value_c for sensor in claim.temperatures] == [25.0, 25.0]
    assert (claim.current_a, claim.voltage_v) == (-6.7, 13.2)
    assert (claim.remaining_ah, claim.soc_pct, claim.soh_pct) == (52.34, 47.9, 99.9)
    assert claim.cycles == 9
    assert (claim.discharge_on, claim.charge_on, claim.heater_on) == (True, True, False)
    assert claim.problem_code == 1
    assert seplos.decode_v2([pack]).charge_on is None
    refused = bytearray(pack[:-3])
    refused[4] = 2
    with pytest.raises(FrameError, match="no whole frame"):
        seplos.decode_v2([bytes(refused) + pack[-3:]])
