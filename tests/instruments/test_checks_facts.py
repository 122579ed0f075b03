"""Checks that need a clock, cells, a label or a calibration beside the recording."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from instruments.capacity import Declared
from instruments.checks import (
    Check,
    Facts,
    Severity,
    is_refused,
    run_checks,
    run_fact_checks,
)
from instruments.evaluate import evaluate
from instruments.reading import Validity
from instruments.recording import Recording
from tests.instruments.test_evaluate import (
    discharge,
    full_charge,
    make_recording,
    rest,
)

OK, WARN, REFUSE = Severity.OK, Severity.WARN, Severity.REFUSE


def find_check(
    code: str, recording: Recording | None = None, facts: Facts | None = None
) -> Check | None:
    recording = recording or make_recording(rest(), discharge())
    return next((c for c in run_checks(recording, facts) if c.code == code), None)


def severity(
    code: str, recording: Recording | None = None, facts: Facts | None = None
) -> Severity | None:
    found = find_check(code, recording, facts)
    return None if found is None else found.severity


@pytest.mark.parametrize(
    ("factor", "wanted"),
    [
        (1.0, OK),
        (1.1, WARN),
        (60.0, REFUSE),
        (1 / 60, REFUSE),
        (1000.0, REFUSE),
        (1e-3, None),
        (3600.0, REFUSE),
    ],
)
def test_test_time_against_the_clock(factor: float, wanted: Severity | None) -> None:
    recording = make_recording(rest(), discharge())
    recording = replace(recording, clock_s=recording.time_s * factor)
    assert severity("time_clock", recording) == wanted


def test_a_pause_stops_the_time_and_not_the_clock() -> None:
    recording = make_recording(rest(), discharge())
    clock = recording.time_s.copy()
    clock[1000:] += 50_000.0
    clock[5] = np.nan
    assert severity("time_clock", replace(recording, clock_s=clock)) is OK
    assumed = replace(recording, clock_s=clock, time_assumed=True)
    assert severity("time_clock", assumed) is None


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (Facts(nominal_v=3.6), OK),
        (Facts(cells_in_series=1), OK),
        (Facts(nominal_v=7.2), WARN),
        (Facts(nominal_v=36.0), WARN),
        (Facts(), None),
    ],
)
def test_voltage_per_cell(facts: Facts, wanted: Severity | None) -> None:
    assert severity("cell_voltage", facts=facts) == wanted


@pytest.mark.parametrize(
    ("volts", "facts", "wanted"),
    [
        (5.0, Facts(nominal_v=3.6), REFUSE),
        (4.5, Facts(nominal_v=3.6), WARN),
        (0.0, Facts(nominal_v=3.6), WARN),
        # 14 cells under a label of 48 V, and 16 of iron phosphate
        (58.8, Facts(nominal_v=48.0), WARN),
        (58.4, Facts(nominal_v=48.0), WARN),
        (84.0, Facts(nominal_v=48.0), REFUSE),
        (62.5, Facts(nominal_v=52.0, cells_in_series=14), WARN),
    ],
)
def test_a_pack_too_high_or_too_low_can_be_sent(
    volts: float, facts: Facts, wanted: Severity
) -> None:
    assert severity("cell_voltage", make_recording(rest(volts)), facts) is wanted


@pytest.mark.parametrize(
    ("cells", "total", "dead"),
    [
        ((4.0, 4.1), OK, OK),
        ((4.0, 3.7), WARN, OK),
        ((4.0, 2.0), REFUSE, OK),
        ((4.0, 0.0), WARN, WARN),
        ((), None, None),
    ],
)
def test_cells_against_the_pack(
    cells: tuple[float, ...], total: Severity | None, dead: Severity | None
) -> None:
    pack, facts = make_recording(rest(8.1)), Facts(cells_v=cells)
    assert severity("cell_sum", pack, facts) == total
    assert severity("dead_cell", pack, facts) == dead
    # behind a switch that is open there is no voltage, and no other pack
    none = make_recording(rest(0.0))
    if cells:
        assert severity("cell_sum", none, facts) is WARN


def test_cells_may_have_been_read_at_any_time_of_the_test() -> None:
    recording = make_recording(full_charge(), rest(), discharge())
    lowest, highest = float(recording.voltage_v.min()), float(recording.voltage_v.max())
    for total in (lowest, (lowest + highest) / 2, highest):
        assert severity("cell_sum", recording, Facts(cells_v=(total,))) is OK
    for total in (lowest * 0.8, highest * 1.2):
        assert severity("cell_sum", recording, Facts(cells_v=(total,))) is REFUSE


def test_a_dead_cell_is_told_with_and_without_a_recording() -> None:
    facts = Facts(cells_v=(3.9, 0.0, 3.9))
    (alone,) = run_fact_checks(facts)
    assert (alone.code, alone.severity) == ("dead_cell", WARN)
    assert "Cell 2 has less than 0.5 V" in alone.sentence
    checks = run_checks(make_recording(rest(11.7)), facts)
    assert alone in checks
    assert not is_refused(checks)


def test_values_that_stand_for_a_fault() -> None:
    recording = make_recording(rest(), discharge())
    assert severity("sentinels", recording) is OK
    for column in ("voltage_v", "current_a"):
        values = getattr(recording, column).copy()
        values[3] = 1e9
        assert severity("sentinels", replace(recording, **{column: values})) is REFUSE
    for degrees, wanted in ((-273.1, WARN), (6553.5, WARN), (25.0, OK)):
        warm = np.full(recording.rows, degrees)
        assert severity("sentinels", replace(recording, temperature_c=warm)) is wanted
    for mohm, wanted in ((0.0, REFUSE), (1e10, REFUSE), (20.0, OK)):
        assert severity("sentinels", facts=Facts(resistances_mohm=(mohm,))) is wanted


def test_a_voltage_that_is_passed_through_is_no_fault() -> None:
    falling = make_recording(discharge(volts=(84.0, 60.0)))
    volts = np.round(np.linspace(84.0, 60.0, falling.rows), 3)
    volts[np.argmin(np.abs(volts - 65.535))] = 65.535
    passed = replace(falling, voltage_v=volts)
    assert severity("sentinels", passed) is OK
    for row in (0, 5, -1):
        jumps = volts.copy()
        jumps[row] = 65.535
        assert severity("sentinels", replace(falling, voltage_v=jumps)) is REFUSE
    stuck = replace(falling, voltage_v=np.full(falling.rows, 65.535))
    assert severity("sentinels", stuck) is REFUSE


def test_resolution_of_the_current() -> None:
    recording = make_recording(full_charge())
    assert severity("resolution", recording) is OK
    coarse = replace(recording, current_a=np.round(recording.current_a * 4) / 4)
    assert severity("resolution", coarse) is WARN
    # of two values nothing can be said, and of a rest neither
    assert severity("resolution", make_recording(rest(), discharge())) is None
    noise = make_recording(rest())
    assert severity("resolution", noise) is None


@pytest.mark.parametrize(
    ("calibrated", "wanted"),
    [
        (date(2026, 1, 1), OK),
        (date(2025, 1, 1), REFUSE),
        (date(2026, 12, 1), REFUSE),
        (None, None),
    ],
)
def test_calibration(calibrated: date | None, wanted: Severity | None) -> None:
    facts = Facts(calibrated_on=calibrated, measured_on=date(2026, 11, 1))
    assert severity("calibration", facts=facts) == wanted


def warm_recording(degrees: float) -> Recording:
    recording = make_recording(full_charge(), rest(), discharge())
    return replace(recording, temperature_c=np.full(recording.rows, degrees))


def test_conditions_of_a_capacity() -> None:
    met = evaluate(warm_recording(23.0), Declared(rated_ah=1.0, c_rate=1.0))
    assert met.validity == Validity(
        full_charge=True, cutoff=True, temperature=True, rate=True
    )
    assert met.temperature_range_c == (23.0, 23.0)
    unknown = evaluate(make_recording(full_charge(), rest(), discharge()))
    assert unknown.validity is not None
    assert (unknown.validity.temperature, unknown.validity.rate) == (None, None)
    cold = evaluate(warm_recording(5.0), Declared(rated_ah=1.0, c_rate=0.2))
    assert cold.validity is not None
    assert (cold.validity.temperature, cold.validity.rate) == (False, False)
    assert any("outside 18 to 28" in note for note in cold.notes)
    assert any("the rate was 1.00 C" in note for note in cold.notes)
    assert cold.as_json()["validity"]["cutoff"] is True


def test_temperature_is_corrected_only_as_declared() -> None:
    lithium = evaluate(warm_recording(15.0))
    assert lithium.capacity_at_reference_ah is None
    assert "lithium has no standard formula" in lithium.temperature_correction
    lead = Declared(temperature_coefficient=0.01)
    corrected = evaluate(warm_recording(15.0), lead)
    assert corrected.capacity_at_reference_ah == pytest.approx(1.0 / 0.9)
    assert "0.01 per kelvin, declared" in corrected.temperature_correction
    absent = evaluate(make_recording(full_charge(), rest(), discharge()), lead)
    assert "not recorded" in absent.temperature_correction
    absurd = evaluate(warm_recording(15.0), Declared(temperature_coefficient=0.2))
    assert "not possible" in absurd.temperature_correction


def test_fade_against_a_new_pack_of_the_model() -> None:
    recording = make_recording(full_charge(), rest(), discharge())
    reading = evaluate(recording, Declared(reference_ah=1.25))
    assert reading.reference_fade_pct == pytest.approx(20.0)
    partial = evaluate(make_recording(discharge()), Declared(reference_ah=1.25))
    assert partial.reference_fade_pct is None


def test_imbalance_and_a_dead_cell() -> None:
    recording = make_recording(full_charge(), rest(), discharge())
    even = evaluate(recording, Declared(cells_v=(3.601, 3.600, 3.605)))
    assert even.imbalance_mv == pytest.approx(5.0)
    broken = evaluate(recording, Declared(cells_v=(3.6, 0.0, 3.6)))
    assert broken.imbalance_mv is None
    assert "no imbalance: cell 2 is dead or its wire is broken" in broken.notes
    resting = evaluate(make_recording(rest()), Declared(cells_v=(3.6, 0.0)))
    assert "no imbalance: cell 2 is dead or its wire is broken" in resting.notes
    assert evaluate(recording).imbalance_mv is None
