"""Every captured BLE exchange decodes to what its own project decoded it to."""

from pathlib import Path
from typing import Any

import pytest

from instruments.codecs.bms.claim import BmsClaim, Place
from tests.instruments.bms_exchanges import find_decode, read_exchanges
from tests.instruments.conftest import Sample

# rounded to three places there
_NEAR = 0.00051
_NAMES = {
    "voltage": "voltage_v",
    "current": "current_a",
    "battery_level": "soc_pct",
    "battery_health": "soh_pct",
    "cycle_charge": "remaining_ah",
    "cycle_capacity": "energy_wh",
    "cycles": "cycles",
    "power": "power_w",
    "runtime": "runtime_s",
    "temp_sensors": "temperature_count",
    "temperature": "temperature_c",
    "battery_charging": "charging",
    "chrg_mosfet": "charge_on",
    "dischrg_mosfet": "discharge_on",
    "balancer": "balancing",
    "balance_current": "balance_current_a",
    "heater": "heater_on",
    "problem_code": "problem_code",
    "problem": "problem",
    "battery_mode": "mode",
    "pack_count": "pack_count",
}
# whole there, exact here
_FLOORED = {"design_capacity": "rated_ah", "total_charge": "total_charge_ah"}
_PACKS = {
    "pack_voltages": "voltage_v",
    "pack_currents": "current_a",
    "pack_battery_levels": "soc_pct",
    "pack_battery_health": "soh_pct",
    "pack_cycles": "cycles",
}
_PLACES = {
    "GENERIC": {Place.UNKNOWN, Place.CELL},
    "PCB": {Place.BOARD},
    **{place.name: {place} for place in Place},
}
# told by nobody: it is read there from beyond the end of the message
_NOT_TOLD = {("ws_nova_bms__update.json", "heater")}


@pytest.fixture(scope="module")
def claims(shared_data: Path) -> dict[str, tuple[BmsClaim, dict[str, Any]]]:
    return {
        name: (find_decode(name)(chunks), expected)
        for name, chunks, expected in read_exchanges(shared_data / "instrument_files")
    }


def near(found: object, wanted: float) -> bool:
    return isinstance(found, (int, float)) and abs(found - wanted) <= _NEAR


def test_every_exchange_of_the_folder_is_decoded(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]], sample: Sample
) -> None:
    files = {path.name for path in sample("bms_ble_aiobmsble").glob("*.json")}

    assert claims.keys() == files - {"expected.json"}
    assert len(claims) == 61


def test_every_number_is_the_one_decoded_elsewhere(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]],
) -> None:
    wrong = []
    for name, (claim, expected) in claims.items():
        for key in expected.keys() & _NAMES.keys():
            if (name, key) in _NOT_TOLD:
                continue
            found = getattr(claim, _NAMES[key])
            if key == "battery_level" and "soc_pct" in claim.derived:
                # a share of the rating, which is floored there
                found = round(
                    100 * (claim.remaining_ah or 0) / int(claim.rated_ah or 1), 1
                )
            if not near(found, expected[key]):
                wrong.append((name, key, expected[key], found))
        for key in expected.keys() & _FLOORED.keys():
            found = getattr(claim, _FLOORED[key])
            if int(found) != expected[key]:
                wrong.append((name, key, expected[key], found))

    assert wrong == []


def test_every_cell_is_the_one_decoded_elsewhere(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]],
) -> None:
    for name, (claim, expected) in claims.items():
        wanted = expected.get("cell_voltages", [])
        # some tell only the highest and the lowest
        assert list(claim.cells_v or claim.extremes_v or ()) == pytest.approx(wanted), (
            name
        )
        if claim.cells_v and "cell_count" in expected:
            assert claim.cell_count == expected["cell_count"], name
        if "delta_voltage" not in expected:
            continue
        if claim.dead_cells:
            assert claim.cell_spread_v is None
            spread = max(claim.cells_v) - min(claim.cells_v)
            assert near(spread, expected["delta_voltage"]), name
        else:
            assert near(claim.cell_spread_v, expected["delta_voltage"]), name


def test_every_temperature_is_the_one_decoded_elsewhere(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]],
) -> None:
    for name, (claim, expected) in claims.items():
        sensors = expected.get("temp_values", [])
        wanted = [s["value"] if isinstance(s, dict) else s for s in sensors]
        found = [sensor.value_c for sensor in claim.temperatures]
        assert found == pytest.approx(wanted, abs=0.0051), name
        for sensor, there in zip(claim.temperatures, sensors, strict=True):
            if isinstance(there, dict) and there["type"] != "GENERIC":
                assert sensor.place in _PLACES[there["type"]], name


def test_every_pack_behind_a_system_is_the_one_decoded_elsewhere(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]],
) -> None:
    seen = 0
    for name, (claim, expected) in claims.items():
        for key in expected.keys() & _PACKS.keys():
            found = [getattr(pack, _PACKS[key]) for pack in claim.packs]
            assert found == expected[key], name
            seen += 1

    assert seen == 5


def test_no_expected_value_is_left_out(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]],
) -> None:
    compared = {*_NAMES, *_FLOORED, *_PACKS, "cell_voltages", "cell_count"}
    compared |= {"delta_voltage", "temp_values"}

    told = {key for _, expected in claims.values() for key in expected}

    assert {key for key in told if not key.startswith("_")} <= compared


# told whole there, exact here
_FLOORED_THERE = "floored"
_EXCEPTED = {
    ("ant_bms__update.json", "total_charge"): _FLOORED_THERE,
    ("ant_bms__update_secret_correct_secret.json", "total_charge"): _FLOORED_THERE,
    ("ant_leg_bms__update.json", "total_charge"): _FLOORED_THERE,
    ("ant_leg_bms__update_with_design_cap.json", "total_charge"): _FLOORED_THERE,
    ("gobel_bms__update.json", "design_capacity"): _FLOORED_THERE,
    ("greenway_bms__update.json", "design_capacity"): _FLOORED_THERE,
    ("renogy_pro_bms__update.json", "design_capacity"): _FLOORED_THERE,
    ("renogy_pro_bms__update.json", "battery_level"): "a share of the floored rating",
    ("myvolta_bms__update.json", "delta_voltage"): "a dead cell is no imbalance",
    ("pylontech_bms__update.json", "cell_count"): "highest and lowest, not the cells",
    ("ws_nova_bms__update.json", "heater"): "read from beyond the end",
}


def leaves(claim: BmsClaim, key: str, wanted: Any) -> list[tuple[Any, Any]]:
    """Found and wanted, one pair for every value below a key."""
    single = {**_NAMES, **_FLOORED, "cell_count": "cell_count"}
    single["delta_voltage"] = "cell_spread_v"
    if key in single:
        return [(getattr(claim, single[key]), wanted)]
    found: list[Any] = list(claim.cells_v or claim.extremes_v or ())
    if key == "temp_values":
        found = [sensor.value_c for sensor in claim.temperatures]
        wanted = [one["value"] if isinstance(one, dict) else one for one in wanted]
    if key in _PACKS:
        found = [getattr(pack, _PACKS[key]) for pack in claim.packs]
    return list(zip(found, wanted, strict=True))


def test_every_value_is_compared_and_all_but_these_are_the_same(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]],
) -> None:
    differing, compared = set(), 0
    for name, (claim, expected) in claims.items():
        for key in (key for key in expected if not key.startswith("_")):
            for found, wanted in leaves(claim, key, expected[key]):
                compared += 1
                if found is None or abs(found - wanted) > 0.0051:
                    differing.add((name, key))

    assert differing == _EXCEPTED.keys()
    assert compared == 1647


def test_every_claim_says_that_it_is_one(
    claims: dict[str, tuple[BmsClaim, dict[str, Any]]],
) -> None:
    for claim, _ in claims.values():
        assert claim.as_json()["method"] == claim.method == "bms_reported"
