"""What a validation found, as lines for a terminal."""

from collections.abc import Iterator, Sequence

from battery_registry.scoring.validation.results import (
    Estimate,
    Measures,
    SetResult,
    SilentResult,
    TaskResult,
    Validation,
)

_HEADINGS = (
    *("set", "cells", "readings", "yes"),
    *("AUROC", "Brier", "false green", "yes in green", "limit", "slope"),
)


def lines(found: Validation) -> Iterator[str]:
    """Tell everything, task by task."""
    yield (
        f"{found.ruleset_id} {found.ruleset_version} on {len(found.data)} sets,"
        f" {sum(each.cells for each in found.data)} cells;"
        f" {found.bootstraps} bootstraps of cells, intervals of 95 %"
    )
    for task in found.tasks:
        yield ""
        yield from _task(task)
    if found.silent:
        yield ""
        yield "From green to red unseen, by yellow rule and interval in typical lives"
        yield from table(silent_rows(found.silent))
    if found.warning is not None:
        yield ""
        yield (
            f"Yellow from {found.warning.yellow_limit:g} points warns"
            f" {_share(found.warning.warned_positives)} of the cells that fall below"
            f" 80 % within 0.3 lives, and {_share(found.warning.warned_negatives)} of"
            " the others"
        )
    pairs = found.monotonicity
    yield ""
    yield (
        f"Worse packs that scored lower: {pairs.violations} of {pairs.pairs} pairs;"
        f" with a reading left out the next time: {pairs.removed_lower} of"
        f" {pairs.removed_pairs}"
    )


def _task(task: TaskResult) -> Iterator[str]:
    """One task's table."""
    yield (
        f"{task.id}: below {task.retention_frac:.0%} within"
        f" {task.horizon_lives:g} of a typical life"
    )
    mean = ("mean", "", "", "", *_cells(task.mean), "", "")
    alone = ("capacity alone", "", "", "", *_cells(task.capacity_alone), "", "")
    yield from table([_HEADINGS, *map(_set, task.sets), mean, alone])
    for each in task.left_out:
        yield f"without {each.name}: {each.reason}"


def _set(each: SetResult) -> tuple[str, ...]:
    """One set's row."""
    return (
        each.name,
        str(each.cells),
        str(each.snapshots),
        str(each.positives),
        *_cells(each.measures),
        told(each.green_limit, 1),
        told(each.calibration_slope, 2),
    )


def _cells(measures: Measures) -> tuple[str, ...]:
    """Four measures with their intervals."""
    return (
        interval(measures.auroc),
        interval(measures.brier, digits=4),
        interval(measures.false_green),
        interval(measures.false_omission),
    )


def silent_rows(silent: Sequence[SilentResult]) -> list[tuple[str, ...]]:
    """Yellow rules down, intervals across."""
    intervals = list(dict.fromkeys(each.interval_lives for each in silent))
    rules = list(dict.fromkeys(each.yellow_rule for each in silent))
    share = {(each.yellow_rule, each.interval_lives): each.share for each in silent}
    nothing = Estimate(value=None, low=None, high=None)
    return [
        ("yellow rule", *(f"{each:g}" for each in intervals)),
        *(
            (rule, *(interval(share.get((rule, each), nothing)) for each in intervals))
            for rule in rules
        ),
    ]


def interval(measured: Estimate, *, digits: int = 3) -> str:
    """A value with its interval, ``-`` for what could not be measured."""
    value = told(measured.value, digits)
    if measured.low is None or measured.high is None:
        return value
    return f"{value} [{told(measured.low, digits)}, {told(measured.high, digits)}]"


def told(value: float | None, digits: int) -> str:
    """A number, ``-`` for none; no negative zero."""
    return "-" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def _share(value: float | None) -> str:
    """A share in per cent."""
    return "-" if value is None else f"{value:.0%}"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip()
