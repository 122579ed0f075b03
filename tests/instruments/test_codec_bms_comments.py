"""Frames of the cable against the values that their own project says of each."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from instruments.codecs.bms import jbd, jikong, jk_uart
from instruments.codecs.bms.claim import BmsClaim, Place, make_claim
from tests.instruments.conftest import Sample

NUMBER = r"(-?(?:0x[0-9A-Fa-f]+|\d+(?:\.\d+)?))"
Told = Callable[[BmsClaim], Any]


def sensor(number: int) -> Told:
    return lambda claim: claim.temperatures[number].value_c


def sensor_at(place: Place) -> Told:
    return lambda claim: next(
        one.value_c for one in claim.temperatures if one.place is place
    )


def cell_sensor(number: int) -> Told:
    return lambda claim: [
        one.value_c for one in claim.temperatures if one.place is Place.CELL
    ][number]


def place_of(choose: Callable[..., float]) -> Told:
    return lambda claim: claim.cells_v.index(choose(claim.cells_v)) + 1


def spread(claim: BmsClaim) -> float:
    return max(claim.cells_v) - min(claim.cells_v)


SHARED: Mapping[str, Told] = {
    "current": lambda claim: claim.current_a,
    "charging_cycles": lambda claim: claim.cycles,
    "cell_count": lambda claim: claim.cell_count,
    "max_voltage_cell": place_of(max),
    "min_voltage_cell": place_of(min),
    "max_cell_voltage": lambda claim: max(claim.cells_v),
    "min_cell_voltage": lambda claim: min(claim.cells_v),
    "total_voltage": lambda claim: claim.voltage_v,
    "capacity_remaining": lambda claim: claim.remaining_ah,
    "nominal_capacity": lambda claim: claim.rated_ah,
    "state_of_charge": lambda claim: claim.soc_pct,
    "state_of_health": lambda claim: claim.soh_pct,
    "errors_bitmask": lambda claim: claim.problem_code,
}
JBD: Mapping[str, Told] = {
    **SHARED,
    "soc": lambda claim: claim.soc_pct,
    "software_version": lambda claim: float(claim.software or "nan"),
    "temperature_sensors": lambda claim: claim.temperature_count,
    "operation_status": lambda claim: (
        int(bool(claim.charge_on)) | int(bool(claim.discharge_on)) << 1
    ),
    "temperatures[0]": sensor(0),
    "[1]": sensor(1),
    "[2]": sensor(2),
}
JBD_UP: Mapping[str, Told] = {
    **SHARED,
    "mosfet_temperature": sensor_at(Place.MOSFET),
    "ambient_temperature": sensor_at(Place.AMBIENT),
    "temp[0..3]": sensor(0),
    "delta_cell_voltage": spread,
    "avg_cell_voltage": lambda claim: sum(claim.cells_v) / len(claim.cells_v),
}
JK_UART: Mapping[str, Told] = {
    **SHARED,
    "delta_cell_voltage": spread,
    "average_cell_voltage": lambda claim: sum(claim.cells_v) / len(claim.cells_v),
    "mosfet_temperature": sensor_at(Place.MOSFET),
    "temperature_sensor_1": cell_sensor(0),
    "temperature_sensor_2": cell_sensor(1),
    "total_battery_capacity": lambda claim: claim.rated_ah,
}
JK_BLE: Mapping[str, Told] = {
    "total": lambda claim: claim.voltage_v,
    "current": lambda claim: claim.current_a,
    "cell_min": lambda claim: min(claim.cells_v),
    "cell_max": lambda claim: max(claim.cells_v),
    "delta": spread,
    "T1": cell_sensor(0),
    "T2": cell_sensor(1),
    "MOS": sensor_at(Place.MOSFET),
    "SOC": lambda claim: claim.soc_pct,
    "SOH": lambda claim: claim.soh_pct,
    "cap_rem": lambda claim: claim.remaining_ah,
    "nom_cap": lambda claim: claim.rated_ah,
    "cycles": lambda claim: claim.cycles,
}


def basic(data: bytes) -> BmsClaim:
    return make_claim("jbd", jbd.decode_basic(data))


def jk_ble(data: bytes) -> BmsClaim:
    return jikong.decode([data])


CASES = [
    ("bms_jbd_syssi", "BASICINFO_FRAME", basic, JBD, 14),
    ("bms_jbd_syssi", "BASICINFO_FRAME_CELL_OVERVOLTAGE", basic, JBD, 14),
    ("bms_jbd_syssi", "BASICINFO_FRAME_MOSFET_SOFTWARE_LOCK", basic, JBD, 14),
    # its mask of balanced cells is made up, with the words of the mask swapped
    ("bms_jbd_syssi", "BASICINFO_FRAME_BALANCING_CELLS_1_3", basic, JBD, 2),
    ("bms_jbd_syssi", "PACK_STATUS_RESPONSE", jbd.decode_up, JBD_UP, 17),
    ("bms_jbd_syssi", "PACK_STATUS_RESPONSE_ADDR2", jbd.decode_up, JBD_UP, 17),
    ("bms_jk_syssi", "STATUS_FRAME_14S", jk_uart.decode_tags, JK_UART, 14),
    ("bms_jk_syssi", "CELL_INFO_JK02_24S_V10", jk_ble, JK_BLE, 13),
    ("bms_jk_syssi", "CELL_INFO_JK02_24S_V10_NEG_TEMPS", jk_ble, JK_BLE, 11),
    ("bms_jk_syssi", "CELL_INFO_JK02_32S_V11", jk_ble, JK_BLE, 13),
    ("bms_jk_syssi", "CELL_INFO_JK02_32S_V15", jk_ble, JK_BLE, 13),
    ("bms_jk_syssi", "CELL_INFO_JK02_32S_V19", jk_ble, JK_BLE, 13),
]


def find_frame(sample: Sample, folder: str, name: str) -> dict[str, Any]:
    document = json.loads(sample(folder, "frames.json").read_text())
    found = [frames[name] for frames in document["files"].values() if name in frames]
    frame: dict[str, Any] = found[0]
    return frame


@pytest.mark.parametrize(("folder", "name", "decode", "told", "count"), CASES)
def test_every_value_said_of_a_frame_is_the_one_decoded(
    sample: Sample,
    folder: str,
    name: str,
    decode: Callable[[bytes], BmsClaim],
    told: Mapping[str, Told],
    count: int,
) -> None:
    frame = find_frame(sample, folder, name)
    said = "\n".join(frame["comment"])
    claim = decode(bytes.fromhex(frame["hex"]))

    compared = 0
    for label, find in told.items():
        shown = re.search(rf"(?<![\w\]]){re.escape(label)}: *{NUMBER}", said)
        if shown is None:
            continue
        wanted = float(int(shown[1], 16) if "0x" in shown[1] else shown[1])
        # averages are said to three places, the rest cut off
        near = 0.001 if "average" in label or "avg" in label else 1e-6
        assert find(claim) == pytest.approx(wanted, abs=near), label
        compared += 1

    assert compared == count


def test_every_frame_is_compared_or_known_to_say_nothing(sample: Sample) -> None:
    names = set()
    for folder in ("bms_jbd_syssi", "bms_jk_syssi"):
        document = json.loads(sample(folder, "frames.json").read_text())
        names |= {name for frames in document["files"].values() for name in frames}

    rest = names - {name for _, name, *_ in CASES}

    assert {name for name in rest if not name.startswith("DEVICE_INFO_")} == {
        # cells, model and the mask of protections are tested by themselves
        "CELLINFO_FRAME",
        "HWVER_FRAME",
        "BASICINFO_FRAME_ALL_PROTECTIONS",
        # counts of past events, for which a claim has no place
        "ERRCOUNT_FRAME",
    }


def test_the_model_is_read(sample: Sample) -> None:
    model = bytes.fromhex(find_frame(sample, "bms_jbd_syssi", "HWVER_FRAME")["hex"])
    data = jbd.encode(make_claim("jbd", {"cells_v": (3.3,)}))
    frames = [jbd.answer(jbd.BASIC, data[jbd.BASIC])]
    frames += [jbd.answer(jbd.CELLS, data[jbd.CELLS]), jbd.answer(jbd.MODEL, model)]

    assert jbd.decode(frames).model == "JBD-SP04S034-L4S-200A-B-U"


def test_devices_say_their_versions(sample: Sample) -> None:
    document = json.loads(sample("bms_jk_syssi", "frames.json").read_text())
    seen = 0
    for frames in document["files"].values():
        for name, frame in frames.items():
            if not name.startswith("DEVICE_INFO_"):
                continue
            cells = frames[name.replace("DEVICE", "CELL")]["hex"]
            claim = jikong.decode([bytes.fromhex(frame["hex"]), bytes.fromhex(cells)])
            words = re.findall(r"(?:vendor|hw|sw): (\S+)", "".join(frame["comment"]))
            assert [claim.model, claim.hardware, claim.software] == words, name
            seen += 1
    assert seen == 4


def test_a_log_whose_cells_were_blotted_out_still_tells_its_pack(
    sample: Sample,
) -> None:
    text = sample("bms_jbd_syssi", "JBD-DP04S007L4S100A-BLE.txt").read_text()
    answer = re.search(r"<<< (DD\.03[0-9A-F.]+77)", text)
    assert answer is not None
    data = bytes.fromhex(answer[1].replace(".", ""))
    assert jbd.is_good(data)

    told = jbd.decode_basic(data[4:-3])

    assert (told["voltage_v"], told["remaining_ah"], told["rated_ah"]) == (
        13.75,
        191.67,
        200.0,
    )
    assert (told["soc_pct"], told["cell_count"]) == (96, 4)
    assert [one.value_c for one in told["temperatures"]] == [26.2]
