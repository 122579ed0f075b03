"""What a new pack of a model reads, from young packs."""

from battery_registry.scoring.measurement import CapacityMethod, ResistanceMethod
from battery_registry.scoring.reference import (
    LEAST_PACKS,
    UNKNOWN_MODEL,
    YoungReading,
    from_young_packs,
)
from tests.scoring.builders import make_measurement

PULSE, AC = ResistanceMethod.DC_PULSE, ResistanceMethod.AC_1KHZ


def test_the_median_of_enough_packs_by_method() -> None:
    pulses = [
        YoungReading(resistance_mohm=r, resistance_method=PULSE)
        for r in (100.0, 101.0, 102.0, 103.0, 900.0)
    ]
    few = [YoungReading(resistance_mohm=60.0, resistance_method=AC)] * (LEAST_PACKS - 1)
    found = from_young_packs([*pulses, *few, YoungReading(resistance_mohm=1.0)])
    assert found.resistance_mohm == {PULSE: 102.0}
    assert found.capacity_ah is None
    assert found.resistance_for(make_measurement()) == 102.0
    assert found.resistance_for(make_measurement(resistance_method=None)) is None


def test_only_whole_discharges_speak_of_capacity() -> None:
    full = [
        YoungReading(capacity_ah=20.5, capacity_method=CapacityMethod.FULL_DISCHARGE)
    ] * LEAST_PACKS
    part = [
        YoungReading(capacity_ah=9.0, capacity_method=CapacityMethod.PARTIAL_ESTIMATE)
    ] * 20
    assert from_young_packs([*full, *part]).capacity_ah == 20.5
    assert from_young_packs(part) == UNKNOWN_MODEL
