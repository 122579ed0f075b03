from dataclasses import replace

import numpy as np
import pytest

from instruments.checks import Check, Severity, is_refused, run_checks
from instruments.recording import Recording, VendorCycle
from tests.instruments.test_evaluate import (
    discharge,
    full_charge,
    make_recording,
    rest,
)


def find_check(recording: Recording, code: str) -> Check | None:
    return next((c for c in run_checks(recording) if c.code == code), None)


def get_check(recording: Recording, code: str) -> Check:
    found = find_check(recording, code)
    assert found is not None
    return found


def test_sound_recording_passes() -> None:
    checks = run_checks(make_recording(rest(3.0), full_charge(), rest(), discharge()))
    assert {check.code: check.severity for check in checks} == {
        "time_order": Severity.OK,
        "current_sign": Severity.OK,
        "voltage_range": Severity.OK,
        "sentinels": Severity.OK,
        "resolution": Severity.OK,
    }
    assert not is_refused(checks)
    assert checks[0].as_json()["severity"] == "ok"


@pytest.mark.parametrize(
    ("vendor_ah", "severity"),
    [(1.005, Severity.OK), (1.02, Severity.WARN), (1000.0, Severity.REFUSE)],
)
def test_vendor_capacity(vendor_ah: float, severity: Severity) -> None:
    summary = (VendorCycle(cycle=1, charge_ah=0.0, discharge_ah=vendor_ah),)
    recording = make_recording(rest(), discharge(), vendor_summary=summary)
    assert get_check(recording, "vendor_capacity").severity is severity


@pytest.mark.parametrize(
    ("counted_ah", "assumed", "severity"),
    [
        (1.005, False, Severity.OK),
        (1.03, False, Severity.WARN),
        (1.03, True, Severity.OK),
        (3.6, False, Severity.REFUSE),
    ],
)
def test_counter(counted_ah: float, assumed: bool, severity: Severity) -> None:
    recording = make_recording(rest(), discharge(), time_assumed=assumed)
    counter = np.zeros(recording.rows)
    counter[-1] = counted_ah
    recording = replace(recording, capacity_ah=counter)
    assert get_check(recording, "capacity_counter").severity is severity


def test_counter_that_never_counts_is_not_judged() -> None:
    recording = make_recording(rest())
    still = replace(recording, capacity_ah=np.zeros(recording.rows))
    assert find_check(still, "capacity_counter") is None


def test_time_backwards_and_repeated() -> None:
    recording = make_recording(rest())
    time = recording.time_s.copy()
    time[10] = time[9]
    repeated = get_check(replace(recording, time_s=time), "time_order")
    assert repeated.severity is Severity.WARN
    assert repeated.sentence == "1 records repeat the time of the one before."
    time[10] = 0.0
    once = get_check(replace(recording, time_s=time), "time_order")
    assert once.severity is Severity.WARN
    assert once.sentence.startswith("The time runs backwards 1 times; 1 records")
    time[20:] -= time[20]
    again = get_check(replace(recording, time_s=time), "time_order")
    assert again.severity is Severity.REFUSE
    backwards = replace(recording, time_s=recording.time_s[::-1])
    assert get_check(backwards, "time_order").severity is Severity.REFUSE


def test_one_record_before_its_turn_costs_no_charge() -> None:
    recording = make_recording(discharge(volts=(4.0, 3.0)))
    whole = slice(0, recording.rows)
    time = recording.time_s.copy()
    time[recording.rows // 2] = 0.0
    once = replace(recording, time_s=time)
    assert once.integral_ah(whole) == pytest.approx(recording.integral_ah(whole))


def test_sign_of_a_discharge_without_a_rest_before() -> None:
    right = make_recording(discharge(volts=(4.0, 3.0)))
    assert get_check(right, "current_sign").severity is Severity.OK
    rising = replace(right, voltage_v=right.voltage_v[::-1])
    assert get_check(rising, "current_sign").severity is Severity.REFUSE
    level = replace(right, voltage_v=np.full(right.rows, 3.7))
    assert find_check(level, "current_sign") is None


def test_sign_of_the_current() -> None:
    right = make_recording(rest(), discharge(volts=(4.0, 3.0)))
    wrong = make_recording(rest(), discharge(volts=(4.3, 4.4)))
    assert get_check(right, "current_sign").severity is Severity.OK
    assert get_check(wrong, "current_sign").severity is Severity.REFUSE
    mixed = make_recording(
        *(rest(), discharge(volts=(4.0, 3.0)), rest(), discharge(volts=(4.3, 4.4)))
    )
    assert get_check(mixed, "current_sign").severity is Severity.WARN
    unsigned = replace(right, current_a=np.abs(right.current_a))
    assert get_check(unsigned, "current_sign").severity is Severity.REFUSE


@pytest.mark.parametrize(
    ("volts", "severity"),
    [(0.02, Severity.WARN), (4.1, Severity.OK), (4100.0, Severity.REFUSE)],
)
def test_voltage_range(volts: float, severity: Severity) -> None:
    recording = make_recording(rest(volts))
    assert get_check(recording, "voltage_range").severity is severity
    assert is_refused(run_checks(recording)) == (severity is Severity.REFUSE)
