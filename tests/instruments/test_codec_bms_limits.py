"""Values at the edges of a family: signs, wires that are off, cells that differ."""

import pytest

from instruments.codecs.bms import daly, jbd
from instruments.codecs.bms.claim import BmsClaim, Temperature, make_claim
from instruments.codecs.frame import FrameError
from instruments.drivers.simulated_bms import make_pack_claim


def make_daly(raw_current: int, state: int) -> BmsClaim:
    frames = daly.encode(make_pack_claim())
    soc = (508).to_bytes(2) + bytes(2) + raw_current.to_bytes(2) + (710).to_bytes(2)
    frames[daly.SOC] = [daly.frame(daly.SOC, soc)]
    frames[daly.STATE] = [daly.frame(daly.STATE, bytes([state, 1, 1, 0, 0, 0, 9, 9]))]
    return daly.decode([one for many in frames.values() for one in many])


@pytest.mark.parametrize(
    ("raw", "state", "amperes", "charging"),
    [
        (30_100, 2, -10.0, False),
        (29_900, 1, 10.0, True),
        (30_000, 0, 0.0, False),
    ],
    ids=["discharging", "charging", "resting"],
)
def test_dalys_cable_counts_upwards_when_discharging(
    raw: int, state: int, amperes: float, charging: bool
) -> None:
    claim = make_daly(raw, state)

    assert (claim.current_a, claim.charging) == (amperes, charging)
    assert str(claim.current_a) == str(amperes)
    assert (claim.runtime_s is not None) == (amperes < 0)


@pytest.mark.parametrize("celsius", [-273.1, 6280.4, -2731.5, 215.0])
def test_a_sensor_whose_wire_is_off_is_left_out(celsius: float) -> None:
    sensors = (Temperature(value_c=21.0), Temperature(value_c=celsius))

    claim = make_claim("x", {"temperatures": sensors})

    assert claim.temperatures == sensors[:1]
    assert claim.temperature_c == 21.0


@pytest.mark.parametrize("raw", [0, 0xFFFF])
def test_jbd_without_a_sensor_tells_no_temperature(raw: int) -> None:
    data = jbd.encode(make_pack_claim())
    basic = bytearray(data[jbd.BASIC])
    basic[23:25] = raw.to_bytes(2)
    frames = [
        jbd.answer(jbd.BASIC, bytes(basic)),
        jbd.answer(jbd.CELLS, data[jbd.CELLS]),
    ]

    claim = jbd.decode(frames)

    assert len(claim.temperatures) == len(make_pack_claim().temperatures) - 1
    assert all(-60 < sensor.value_c < 150 for sensor in claim.temperatures)


@pytest.mark.parametrize("count", [0, 12, 255])
def test_jbd_that_differs_about_its_cells_is_refused(count: int) -> None:
    data = jbd.encode(make_pack_claim())
    basic = bytearray(data[jbd.BASIC])
    basic[21] = count
    frames = [
        jbd.answer(jbd.BASIC, bytes(basic)),
        jbd.answer(jbd.CELLS, data[jbd.CELLS]),
    ]

    with pytest.raises(FrameError, match=f"{count} cells are said, 13 are told"):
        jbd.decode(frames)


@pytest.mark.parametrize("name", ["soc_pct", "soh_pct"])
def test_a_share_of_more_than_all_is_a_problem(name: str) -> None:
    assert make_claim("x", {name: 6553.5}).problem
    assert not make_claim("x", {name: 100}).problem
