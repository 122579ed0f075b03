from dataclasses import dataclass, replace

import numpy as np
import pytest

from instruments.capacity import Declared, cycle_capacities
from instruments.evaluate import evaluate
from instruments.reading import (
    CapacityMethod,
    CapacitySource,
    MaxVoltageMethod,
    Reading,
    ReadingError,
    Resistance,
    ResistanceMethod,
)
from instruments.recording import Recording, Step, StepKind, VendorCycle

REST, CHARGE, DISCHARGE = StepKind.REST, StepKind.CHARGE, StepKind.DISCHARGE


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One step of an invented test, with straight lines between its ends."""

    kind: StepKind
    seconds: float
    volts: tuple[float, ...]
    amps: tuple[float, ...] = (0.0,)
    limit_v: float | None = None
    cycle: int = 1
    period_s: float = 1.0


def rest(volts: float = 4.18, seconds: float = 300.0) -> Part:
    return Part(kind=REST, seconds=seconds, volts=(volts,))


def full_charge(limit_v: float | None = 4.2, cycle: int = 1) -> Part:
    """Constant current, then constant voltage down to a tenth."""
    return Part(
        kind=CHARGE,
        seconds=3600.0,
        volts=(3.0, 4.2, 4.2),
        amps=(2.0, 2.0, 0.2),
        limit_v=limit_v,
        cycle=cycle,
    )


def discharge(
    amps: float = 1.0,
    seconds: float = 3600.0,
    volts: tuple[float, ...] = (4.0, 3.5, 2.5),
    limit_v: float | None = 2.5,
    cycle: int = 1,
) -> Part:
    return Part(
        kind=DISCHARGE,
        seconds=seconds,
        volts=volts,
        amps=(-amps,),
        limit_v=limit_v,
        cycle=cycle,
    )


def make_recording(*parts: Part, **changes: object) -> Recording:
    time, volts, amps, steps = [], [], [], []
    start, clock = 0, 0.0
    for number, part in enumerate(parts, start=1):
        count = max(2, round(part.seconds / part.period_s) + 1)
        at = np.linspace(0.0, 1.0, count)
        time.append(clock + at * part.seconds)
        volts.append(np.interp(at, np.linspace(0, 1, len(part.volts)), part.volts))
        amps.append(np.interp(at, np.linspace(0, 1, len(part.amps)), part.amps))
        steps.append(
            Step(
                number=number,
                kind=part.kind,
                label=part.kind.value,
                start=start,
                stop=start + count,
                cycle=part.cycle,
                limit_v=part.limit_v,
            )
        )
        start, clock = start + count, clock + part.seconds
    recording = Recording(
        reader="invented",
        time_s=np.concatenate(time),
        voltage_v=np.concatenate(volts),
        current_a=np.concatenate(amps),
        steps=tuple(steps),
    )
    return replace(recording, **changes)  # type: ignore[arg-type]  # any field


def test_full_discharge_after_full_charge_is_valid() -> None:
    reading = evaluate(
        make_recording(full_charge(), rest(), discharge()), Declared(rated_ah=1.25)
    )
    assert reading.capacity_valid
    assert reading.capacity_method is CapacityMethod.FULL_DISCHARGE
    assert reading.capacity_source is CapacitySource.INTEGRAL
    assert reading.discharge_capacity_ah == pytest.approx(1.0)
    assert reading.capacity_fade_pct == pytest.approx(20.0)
    assert reading.c_rate == pytest.approx(0.8)
    assert reading.step == 3
    assert reading.cutoff_voltage_v == pytest.approx(2.5)
    assert reading.max_voltage_v == pytest.approx(4.18)
    assert reading.max_voltage_method is MaxVoltageMethod.OCV_FULL
    assert reading.ocv_v == pytest.approx(4.18)


def test_without_rating_the_first_valid_is_taken_and_the_fade_says_why() -> None:
    reading = evaluate(
        make_recording(
            discharge(seconds=900.0),
            full_charge(),
            rest(),
            discharge(),
            full_charge(),
            rest(),
            discharge(amps=2.0, seconds=1900.0),
        )
    )
    assert reading.step == 4
    assert reading.capacity_fade_pct is None
    assert reading.fade_reason == "no rated capacity was declared"
    assert reading.c_rate is None


def test_the_rate_nearest_the_declared_is_taken() -> None:
    recording = make_recording(
        *(full_charge(), rest(), discharge(amps=0.2, seconds=18000.0)),
        *(full_charge(), rest(), discharge(amps=0.505, seconds=7130.0)),
        *(full_charge(), rest(), discharge(amps=0.5, seconds=7200.0)),
    )
    near = evaluate(recording, Declared(rated_ah=1.0, c_rate=0.5))
    assert near.step == 6  # equally near within 2 %: the first
    slow = evaluate(recording, Declared(rated_ah=1.0, c_rate=0.1))
    assert slow.step == 3


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((rest(), discharge()), "no charge stands before it"),
        ((full_charge(), rest(), discharge(), rest(), discharge()), ""),
        (
            (
                replace(full_charge(), volts=(3.0, 3.9), amps=(2.0,)),
                rest(),
                discharge(),
            ),
            "reached 3.900 V, not its limit 4.200 V",
        ),
        (
            (
                replace(full_charge(limit_v=None), volts=(3.0, 4.0), amps=(2.0,)),
                rest(),
                discharge(),
            ),
            "no end at a known limit",
        ),
        (
            (replace(full_charge(), volts=(3.0, 4.2), amps=(2.0,)), discharge()),
            "no rest after it",
        ),
        (
            (full_charge(), rest(), discharge(volts=(4.0, 3.6))),
            "ended at 3.600 V, above the cut-off 2.500 V",
        ),
        (
            (full_charge(), rest(), discharge(limit_v=None)),
            "its cut-off is not known",
        ),
    ],
)
def test_why_a_discharge_does_not_count(parts: tuple[Part, ...], reason: str) -> None:
    reading = evaluate(make_recording(*parts), Declared(rated_ah=1.0))
    if not reason:
        assert reading.step == 3  # the one after the charge, not the second
        assert reading.capacity_valid
        return
    assert not reading.capacity_valid
    assert reading.capacity_method is CapacityMethod.PARTIAL_ESTIMATE
    assert any(reason in why for why in reading.capacity_reasons)
    assert reading.capacity_fade_pct is None
    assert reading.fade_reason == "the discharge is not a valid capacity test"
    assert reading.discharge_capacity_ah == pytest.approx(1.0)


def test_a_discharge_after_a_discharge_does_not_count() -> None:
    reading = evaluate(
        make_recording(
            full_charge(),
            rest(),
            discharge(seconds=600.0, volts=(4.0, 3.9)),
            rest(3.95),
            discharge(volts=(3.9, 2.5)),
        )
    )
    assert reading.step == 5
    assert reading.capacity_reasons == (
        "a discharge stands before it, not a full charge",
    )


def test_constant_current_to_the_limit_counts_when_rest_follows() -> None:
    charge = replace(full_charge(), volts=(3.0, 4.2), amps=(2.0,))
    assert evaluate(make_recording(charge, rest(), discharge())).capacity_valid


def test_declared_limits_stand_in_for_unknown_ones() -> None:
    charge = replace(full_charge(limit_v=None), volts=(3.0, 4.2), amps=(2.0,))
    recording = make_recording(charge, rest(), discharge(limit_v=None))
    assert not evaluate(recording).capacity_valid
    declared = Declared(cutoff_v=2.5, charge_limit_v=4.2)
    assert evaluate(recording, declared).capacity_valid
    assert not evaluate(recording, replace(declared, cutoff_v=2.4)).capacity_valid
    assert not evaluate(
        recording, replace(declared, charge_limit_v=4.35)
    ).capacity_valid


def test_small_end_current_of_the_rating_ends_a_charge() -> None:
    charge = replace(full_charge(limit_v=None), amps=(0.3, 0.3, 0.1))
    recording = make_recording(charge, rest(), discharge())
    assert not evaluate(recording).capacity_valid
    assert evaluate(recording, Declared(rated_ah=1.0)).capacity_valid


def test_repeated_ends_on_the_knee_show_the_limits() -> None:
    charge = replace(full_charge(limit_v=None), volts=(3.0, 4.2), amps=(2.0,))
    knee = discharge(limit_v=None, volts=(4.0, *[3.6] * 40, 2.5))
    recording = make_recording(charge, rest(), knee, charge, rest(), knee)
    assert evaluate(recording).capacity_valid


def test_repeated_ends_of_a_timed_discharge_show_nothing() -> None:
    timed = discharge(limit_v=None, volts=(4.0, 3.6))
    recording = make_recording(*(full_charge(), rest(), timed) * 2)
    assert "cut-off is not known" in evaluate(recording).capacity_reasons[0]


def test_repeated_ends_of_unequal_discharges_show_the_cut_off() -> None:
    parts = (
        *(full_charge(), rest(), discharge(limit_v=None, volts=(4.0, 3.6))),
        *(full_charge(), rest()),
        discharge(limit_v=None, volts=(4.0, 3.6), seconds=3000.0),
    )
    assert evaluate(make_recording(*parts)).capacity_valid


def test_recording_without_discharge() -> None:
    reading = evaluate(make_recording(rest(4.1)), Declared(rated_ah=1.0))
    assert reading.capacity_method is CapacityMethod.NONE
    assert reading.discharge_capacity_ah is None
    assert reading.capacity_reasons == ("the recording has no discharge",)
    assert reading.fade_reason == "the recording has no discharge"
    assert reading.ocv_v == pytest.approx(4.1)
    assert reading.max_voltage_method is MaxVoltageMethod.HIGHEST_SEEN


def test_a_discharge_that_moves_nothing_is_none() -> None:
    idle = discharge(amps=0.0)
    assert evaluate(make_recording(idle)).discharge_capacity_ah is None
    assert evaluate(make_recording(idle)).ocv_v is None


def test_counter_is_preferred_to_the_integral() -> None:
    recording = make_recording(full_charge(), rest(), discharge())
    counter = np.zeros(recording.rows)
    counter[-1] = 0.98
    reading = evaluate(replace(recording, capacity_ah=counter))
    assert reading.discharge_capacity_ah == 0.98
    assert reading.capacity_source is CapacitySource.INSTRUMENT_COUNTER


def test_resistance_is_the_drop_over_the_current_step() -> None:
    recording = make_recording(
        full_charge(), rest(4.15), discharge(volts=(4.05, 4.05)), temperature_c=None
    )
    reading = evaluate(
        replace(recording, temperature_c=np.full(recording.rows, 23.5)),
    )
    assert [r.dt_s for r in reading.resistances] == [1.0, 10.0, 30.0]
    assert reading.resistances[0] == Resistance(
        method=ResistanceMethod.DC_PULSE,
        dt_s=1.0,
        di_a=1.0,
        resistance_mohm=pytest.approx(100.0),  # type: ignore[arg-type]  # near enough
        rest_s=300.0,
        soc_frac=1.0,
        temperature_c=23.5,
        step=3,
    )
    assert reading.temperature_c == 23.5


def test_resistance_between_records_is_interpolated_or_refused() -> None:
    slow = replace(discharge(volts=(4.1, 4.0), seconds=100.0), period_s=4.0)
    reading = evaluate(make_recording(rest(4.2), slow))
    assert [r.dt_s for r in reading.resistances] == [10.0, 30.0]
    assert reading.resistances[0].resistance_mohm == pytest.approx(110.0)
    assert reading.resistances[0].soc_frac is None
    assert reading.notes == ("no resistance at 1 s: the records there are 4.0 s apart",)


def test_resistance_needs_a_rest_a_length_and_a_step() -> None:
    no_rest = evaluate(make_recording(discharge()))
    assert no_rest.resistances == ()
    assert no_rest.notes == ("no resistance: no rest stands before the discharge",)
    short = evaluate(make_recording(rest(), discharge(seconds=12.0)))
    assert [r.dt_s for r in short.resistances] == [1.0, 10.0]
    assert short.notes == ("no resistance at 30 s: the discharge lasted 12.0 s",)
    late = replace(discharge(), amps=(*[0.0] * 100, -1.0))
    assert evaluate(make_recording(rest(), late)).notes[0] == (
        "no resistance at 1 s: the current did not change"
    )


def test_nothing_of_an_assumed_time_is_derived_in_silence() -> None:
    recording = make_recording(full_charge(), rest(), discharge(), time_assumed=True)
    reading = evaluate(recording)
    assert reading.resistances == ()
    assert reading.max_voltage_method is MaxVoltageMethod.HIGHEST_SEEN
    assert reading.notes == (
        "the duration rests on an assumed time between records",
        "no resistance: the file has no time of its own",
    )


def test_short_rest_gives_no_open_circuit_voltage_of_a_full_battery() -> None:
    reading = evaluate(make_recording(full_charge(), rest(seconds=30.0), discharge()))
    assert reading.capacity_valid
    assert reading.max_voltage_method is MaxVoltageMethod.HIGHEST_SEEN
    assert reading.max_voltage_v == pytest.approx(4.2)


def test_discharge_straight_after_the_charge() -> None:
    reading = evaluate(make_recording(full_charge(), discharge()))
    assert reading.capacity_valid
    assert reading.ocv_v is None
    assert reading.max_voltage_method is MaxVoltageMethod.HIGHEST_SEEN


def test_temperature_without_values_is_none() -> None:
    recording = make_recording(rest(), discharge())
    unknown = replace(recording, temperature_c=np.full(recording.rows, np.nan))
    assert evaluate(unknown).temperature_c is None
    assert evaluate(unknown).resistances[0].temperature_c is None


def test_cycles_stand_beside_the_vendors_own() -> None:
    recording = make_recording(
        *(full_charge(cycle=1), replace(rest(), cycle=1), discharge(cycle=1)),
        *(full_charge(cycle=2), discharge(cycle=2, seconds=1800.0)),
        vendor_summary=(VendorCycle(cycle=2, charge_ah=1.5, discharge_ah=0.5),),
    )
    first, second = cycle_capacities(recording)
    assert (first.cycle, first.vendor_charge_ah) == (1, None)
    assert first.discharge_ah == pytest.approx(1.0)
    assert second.charge_ah == pytest.approx(1.55)
    assert second.discharge_ah == pytest.approx(second.vendor_discharge_ah)


def test_reading_as_json_is_plain() -> None:
    reading = evaluate(make_recording(full_charge(), rest(), discharge()))
    document = reading.as_json()
    assert document["capacity_method"] == "full_discharge"
    assert document["max_voltage_method"] == "ocv_full"
    assert document["resistances"][0]["method"] == "dc_pulse"
    assert document["cycles"][0]["cycle"] == 1
    assert document["capacity_reasons"] == []
    assert document["temperature_c"] is None
    assert set(document) == set(Reading.__dataclass_fields__)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"current_a": np.zeros(3)}, "ragged_columns"),
        ({"capacity_ah": np.zeros(3)}, "ragged_columns"),
        ({"steps": ()}, "bad_steps"),
        ({"voltage_v": np.array([4.0, np.nan])}, "not_a_number"),
        ({"time_s": np.array([0.0, 1e300])}, "not_a_number"),
        ({"capacity_ah": np.array([0.0, np.inf])}, "not_a_number"),
    ],
)
def test_impossible_recordings_are_refused(
    changes: dict[str, object], code: str
) -> None:
    with pytest.raises(ReadingError) as refused:
        make_recording(rest(seconds=1.0), **changes)
    assert refused.value.code == code
