"""A recording from the reports of a ZKETECH tester, live or logged.

The tester's milliampere-hour counter gives the charge; it is finer than any
integral over reports some seconds apart, and right even when the time of the
reports is only assumed. Firmware reports carry measured values like the others
and are kept as records.
"""

from collections.abc import Sequence

import numpy as np

from instruments.codecs.zketech import EBC_B20H, EbcFrame, EbcMode, EbcState
from instruments.reading import ReadingError
from instruments.recording import Floats, Recording, Step, StepKind, run_bounds


def make_recording(
    frames: Sequence[EbcFrame],
    *,
    time_s: Sequence[float] | Floats,
    reader: str,
    time_assumed: bool = False,
    warnings: tuple[str, ...] = (),
    sha256: str | None = None,
    started_at: str | None = None,
) -> Recording:
    """The recording that these reports make.

    Args:
        frames: In the order received.
        time_s: When each was received, in seconds from any start.
        reader: Name of the reader or driver.
        time_assumed: The times are an assumption.
        warnings: What the caller had to assume or leave out.
        sha256: Hash of the raw bytes.
        started_at: The clock at the start, as known.

    Raises:
        ReadingError: There are no frames.
    """
    if not frames:
        raise ReadingError("no_records", "The tester sent no report.")
    time = np.asarray(time_s, dtype=np.float64)
    steps = tuple(_steps(frames))
    signs = np.array([_sign(frame) for frame in frames])
    current = np.array([frame.current_a for frame in frames])
    counter = np.array([frame.capacity_ah for frame in frames])
    unknown = sum(1 for frame in frames if _kind(frame) is StepKind.OTHER)
    if unknown:
        warnings += (f"{unknown} reports have a state this codec does not know",)
    if steps[0].kind is not StepKind.REST and counter[0] > 0:
        # what ran before the first report is not in this recording
        warnings += ("the first run began before the first report",)
        counter[: steps[0].stop] -= counter[0]
    return Recording(
        reader=reader,
        time_s=time - time[0],
        voltage_v=np.array([frame.voltage_v for frame in frames]),
        current_a=current * signs,
        steps=steps,
        capacity_ah=counter,
        warnings=warnings,
        time_assumed=time_assumed,
        sha256=sha256,
        started_at=started_at,
    )


def _steps(frames: Sequence[EbcFrame]) -> list[Step]:
    """Runs of one state and mode; a pause starts a new step, not a new cycle."""
    steps = []
    cycle, last_run = 1, StepKind.REST
    bounds = run_bounds((_kind(frame), frame.state) for frame in frames)
    for number, (start, stop) in enumerate(bounds, start=1):
        kind = _kind(frames[start])
        if kind is StepKind.CHARGE and last_run is StepKind.DISCHARGE:
            cycle += 1
        if kind in {StepKind.CHARGE, StepKind.DISCHARGE}:
            last_run = kind
        after = frames[stop] if stop < len(frames) else None
        steps.append(
            Step(
                number=number,
                kind=kind,
                label=f"{frames[start].mode} {frames[start].state}",
                start=start,
                stop=stop,
                cycle=cycle,
                limit_v=_limit_v(frames[start:stop], kind),
                ended_at_limit=_ended_at_limit(kind, after),
            )
        )
    return steps


def _kind(frame: EbcFrame) -> StepKind:
    if frame.state is EbcState.UNKNOWN or frame.mode is EbcMode.UNKNOWN:
        return StepKind.OTHER
    if frame.state is not EbcState.ACTIVE:
        return StepKind.REST
    return StepKind.CHARGE if frame.mode is EbcMode.CHARGE else StepKind.DISCHARGE


def _sign(frame: EbcFrame) -> float:
    return 1.0 if frame.mode is EbcMode.CHARGE else -1.0


def _limit_v(frames: Sequence[EbcFrame], kind: StepKind) -> float | None:
    """The voltage the tester was set to; 0 is none.

    The EBC-B20H charges by an outside charger: its setting is no charge limit.
    """
    for frame in frames:
        outside = kind is StepKind.CHARGE and frame.device_type == EBC_B20H
        if kind is not StepKind.REST and frame.cutoff_v and not outside:
            return frame.cutoff_v
    return None


def _ended_at_limit(kind: StepKind, after: EbcFrame | None) -> bool | None:
    """The tester's own word; a discharge with a time limit may mean the time."""
    if kind not in {StepKind.CHARGE, StepKind.DISCHARGE} or after is None:
        return None
    if after.state is not EbcState.ENDED or after.time_limit_min:
        return None
    return True
