"""From the columns of a table to a recording; every vendor's table comes here."""

import numpy as np
import polars as pl

from instruments.readers.clocks import read_clock, read_time
from instruments.readers.record_table import Table
from instruments.readers.reported import reported_resistances
from instruments.readers.roles import Resets, Role, Sign, Vendor
from instruments.readers.segments import (
    Starts,
    count_from_step,
    kinds_by_current,
    kinds_by_state,
    signed,
    split_by_sign,
    starts_of,
    steps_of,
)
from instruments.readers.values import (
    numbers,
    trimmed,
)
from instruments.reading import ReadingError
from instruments.recording import Floats, Recording, StepKind, VendorCycle

# a larger time is a date's, not a test's
_EPOCH_S = 1e8
_LONGEST_LABEL = 80


def assemble(
    table: Table,
    vendor: Vendor,
    *,
    vendor_summary: tuple[VendorCycle, ...] = (),
    month_first: bool | None = None,
) -> Recording:
    """The recording of a table.

    Raises:
        ReadingError: No record, or a damaged one.
    """
    if month_first is None:
        month_first = vendor.month_first
    notes = list(table.notes)
    table = _only_records(table, notes)
    notes += table.empty_numbers()
    voltage, current = _measured(table, vendor)
    starts = _starts(table, current)
    kinds, labels = _kinds(table, vendor, starts, current)
    current = signed(current, kinds, starts, notes)
    clock, started_at = read_clock(table, month_first, notes)
    time = read_time(table, starts, clock, month_first=month_first)
    _require_numbers(table, time, Role.TIME, Role.STEP_TIME, Role.DATE)
    steps = steps_of(
        *(starts, len(current), kinds, labels),
        _whole(table, Role.STEP),
        _whole(table, Role.CYCLE),
    )
    return Recording(
        reader=vendor.name,
        time_s=time - time[0],
        first_time_s=float(time[0]) if abs(time[0]) < _EPOCH_S else 0.0,
        voltage_v=voltage,
        current_a=current,
        steps=steps,
        capacity_ah=_counter(table, vendor, starts, kinds, notes),
        temperature_c=table.temperature_c(notes),
        clock_s=clock,
        vendor_summary=vendor_summary,
        reported_resistances=reported_resistances(table, vendor, steps),
        warnings=tuple(dict.fromkeys(notes)),
        started_at=started_at or table.started,
        extra_columns=table.extra,
    )


def _measured(table: Table, vendor: Vendor) -> tuple[Floats, Floats]:
    """Volts, and amperes that are positive when charging.

    Raises:
        ReadingError: Naming a damaged record.
    """
    measured = {role: table.measured(role) for role in (Role.VOLTAGE, Role.CURRENT)}
    for role, values in measured.items():
        _require_numbers(table, values, role)
    current = measured[Role.CURRENT]
    is_turned = vendor.sign is Sign.DISCHARGE
    return measured[Role.VOLTAGE], -current if is_turned else current


def _only_records(table: Table, notes: list[str]) -> Table:
    """Without blank lines, a second header, a footer, a line cut off at the end.

    Raises:
        ReadingError: Nothing is left.
    """
    found = {
        role: ~np.isnan(numbers(table.columns[role], comma=table.comma))
        for role in (Role.VOLTAGE, Role.CURRENT)
    }
    some = found[Role.VOLTAGE] | found[Role.CURRENT]
    if len(some) and some[-1] and not all(column[-1] for column in found.values()):
        notes.append("the last record is cut off and was left out")
        some[-1] = False
    blank = np.ones(len(some), dtype=bool)
    for column in table.columns.values():
        blank &= trimmed(column).is_null().to_numpy()
    if left_out := int(np.count_nonzero(~some & ~blank)):
        notes.append(f"{left_out} lines hold no record and were left out")
    if not some.any():
        raise ReadingError(
            "no_records",
            "The table holds no records.",
            "Was the test started? Export it again after it has run.",
        )
    if some.all():
        return table
    keep = pl.Series(some)
    return Table(
        columns={role: column.filter(keep) for role, column in table.columns.items()},
        places=table.places,
        comma=table.comma,
        first_line=table.first_line,
        started=table.started,
        extra=table.extra,
    )


def _require_numbers(table: Table, values: Floats, *roles: Role) -> None:
    """Refuse a record with an unreadable number among readable ones.

    Raises:
        ReadingError: Naming the column and the record.
    """
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        role = next(role for role in roles if not table.is_blank(role))
        text = table.columns[role][int(bad[0])]
        raise ReadingError(
            "bad_row",
            f"Record {bad[0] + 1} is damaged: {text!r} in column "
            f"{table.places[role].title!r} is no {role.value.replace('_', ' ')}.",
            "Export the file again.",
        )


def _starts(table: Table, current: Floats) -> Starts:
    keys = [
        trimmed(table.columns[role])
        for role in (Role.CYCLE, Role.STEP, Role.STATE)
        if role in table.columns
    ]
    starts = starts_of(len(current), keys)
    return starts if Role.STATE in table.columns else split_by_sign(starts, current)


def _kinds(
    table: Table, vendor: Vendor, starts: Starts, current: Floats
) -> tuple[list[StepKind], list[str]]:
    by_current = kinds_by_current(starts, current)
    if Role.STATE not in table.columns:
        return by_current, [kind.value for kind in by_current]
    states = trimmed(table.columns[Role.STATE])
    words = states.str.slice(0, _LONGEST_LABEL)
    labels = [str(word or "") for word in words.gather(starts).to_list()]
    by_state = kinds_by_state(words, starts, vendor.states)
    # codes such as 1, 2, 3 are no words
    if all(label.replace(".", "").isdigit() or not label for label in labels):
        return by_current, labels
    return by_state, labels


def _whole(table: Table, role: Role) -> Floats | None:
    """Step or cycle numbers; None when a record has none."""
    if role not in table.columns:
        return None
    values = numbers(table.columns[role])
    return values if bool((np.abs(values) < 1e15).all()) else None


def _counter(
    table: Table,
    vendor: Vendor,
    starts: Starts,
    kinds: list[StepKind],
    notes: list[str],
) -> Floats | None:
    """The instrument's counter from each step's start, in Ah."""
    pair = (Role.CHARGE_CAPACITY, Role.DISCHARGE_CAPACITY)
    for roles in ((Role.CAPACITY,), pair, (Role.NET_CAPACITY,)):
        if any(role not in table.columns for role in roles):
            continue
        counters = [table.measured(role) for role in roles]
        if any(np.isnan(counter).any() for counter in counters):
            notes.append("the capacity counter has gaps and is not used")
            continue
        resets = vendor.resets if roles != (Role.NET_CAPACITY,) else Resets.ELSEWHERE
        counted = [count_from_step(c, starts, resets) for c in counters]
        return counted[0] if len(counted) == 1 else _by_kind(counted, kinds, starts)
    return None


def _by_kind(counted: list[Floats], kinds: list[StepKind], starts: Starts) -> Floats:
    """Of a pair of counters the one of the step's direction; else their sum."""
    lengths = np.diff(np.append(starts, len(counted[0])))
    up = np.repeat([kind is not StepKind.DISCHARGE for kind in kinds], lengths)
    down = np.repeat([kind is not StepKind.CHARGE for kind in kinds], lengths)
    own: Floats = counted[0] * up + counted[1] * down
    return own
