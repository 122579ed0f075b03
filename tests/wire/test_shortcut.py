"""The short way never says anything that the schema does not."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from battery_registry.wire.inspections import InspectionSchema
from battery_registry.wire.shortcut import Shortcut
from tests.builders import make_body

SCHEMA = InspectionSchema()
SHORTCUT = Shortcut(SCHEMA)
FIELDS = sorted(SCHEMA.fields)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**30), max_value=10**30)
    | st.floats()
    | st.text(max_size=70)
    | st.sampled_from(
        [
            *["pack", "cell", "none", "bms", "ternary", "maker", "resident", ""],
            *["2026-11-23", "2026-02-30", "2026-11-23T12:00:00+08:00"],
            *["2026-11-23T12:00:00", "2026-11-23T12:00:00Z", "2026-W48-1"],
            *["2026-11-23t12:00:00z", "20261123", "A\u202eB-1234", "     "],
            *["2026-11-23T12:00:00.123456789Z", "9999-12-31T23:59:59Z"],
            *["00000000-0000-7000-8000-000000000000", "{0}", "ABC-1234", "\ud800"],
            *[1e308, math.inf, math.nan, 5.0, -0.0, 10**400],
        ]
    )
)
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(), scalars)
changes = st.dictionaries(st.sampled_from([*FIELDS, "surprise"]), values, max_size=4)


def by_schema(raw: Any) -> dict[str, Any] | None:
    try:
        loaded: dict[str, Any] = SCHEMA.load(raw)
    except ValidationError:
        return None
    return loaded


@given(changed=changes, removed=st.sets(st.sampled_from(FIELDS), max_size=2))
def test_what_it_loads_the_schema_loads_alike(
    changed: dict[str, Any], removed: set[str]
) -> None:
    raw = {**make_body(), **changed}
    raw = {name: value for name, value in raw.items() if name not in removed}
    found = SHORTCUT.load(raw)
    if found is None:
        return
    try:
        SCHEMA.check_whole(found)
    except ValidationError:
        assert by_schema(raw) is None
        return
    wanted = by_schema(raw)
    assert wanted == found
    assert wanted is not None
    assert {n: type(v) for n, v in wanted.items()} == {
        n: type(v) for n, v in found.items()
    }


def test_a_plain_inspection_goes_the_short_way() -> None:
    raw = make_body(maker="北京电池", label_cutoff_voltage_v=39, cycle_count=120)
    assert SHORTCUT.load(raw) == SCHEMA.load(raw)


@pytest.mark.parametrize("raw", [None, 7, [], "x", {}, {"surprise": 1}])
def test_anything_else_is_left_to_the_schema(raw: Any) -> None:
    assert SHORTCUT.load(raw) is None
