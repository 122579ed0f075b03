"""A simulated ZKETECH EBC-B20H at work on a simulated pack, in real frames.

The test a station makes for a capacity: charge at constant current and then
constant voltage (the B20H only discharges; it reports the charge by a charger
beside it), rest, discharge at half the rating to the cut-off. One frame per
period; the last of a step is the one at the moment it ends, at most half a
period off its place, as a logger that writes every change of state does. The
tester's own counter carries the charge, so that a coarse period costs no accuracy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from instruments.codecs.zketech import EbcMode, EbcState, encode, make_frame
from instruments.drivers.pack_model import SimulatedPack

FRAME_PERIOD_S = 60.0
_NOISE_V = 0.004
_REST_PERIODS = 10
_STEP_S = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Moment:
    """What the tester measures at one instant."""

    state: EbcState
    mode: EbcMode
    voltage_v: float
    current_a: float = 0.0
    capacity_ah: float = 0.0


def make_frames(
    pack: SimulatedPack, *, seed: int, period_s: float = FRAME_PERIOD_S
) -> Iterator[bytes]:
    """The 19-byte frames of one whole test.

    Args:
        pack: The pack on the tester.
        seed: The same seed and pack give the same bytes.
        period_s: Time between two frames, > 0.
    """
    random = Random(f"{seed} {pack.name}")  # noqa: S311 - noise of a simulation
    for moment in _moments(pack, period_s):
        charging = moment.mode is EbcMode.CHARGE
        yield encode(
            make_frame(
                state=moment.state,
                mode=moment.mode,
                voltage_v=max(0.0, moment.voltage_v + random.gauss(0.0, _NOISE_V)),
                current_a=moment.current_a,
                capacity_ah=moment.capacity_ah,
                set_current_a=pack.test_current_a,
                cutoff_v=pack.charge_limit_v if charging else pack.cutoff_v,
                limit_raw=round(pack.end_current_a * 100) if charging else 0,
            )
        )


def format_log(frames: Iterator[bytes]) -> str:
    """Frames as a log file: one per line, bytes in decimal, 3 wide."""
    return "".join(" ".join(f"{byte:3d}" for byte in f) + "\n" for f in frames)


def _moments(pack: SimulatedPack, period_s: float) -> Iterator[_Moment]:
    idle = EbcState.IDLE, EbcMode.DISCHARGE_CURRENT
    yield _rest(*idle, pack.ocv_v(pack.start_soc))
    charged_ah = 0.0
    for moment in _charge(pack, period_s):
        charged_ah = moment.capacity_ah
        yield moment
    full_v = pack.ocv_v(1.0)
    yield _rest(EbcState.ENDED, EbcMode.CHARGE, full_v, charged_ah)
    for _ in range(_REST_PERIODS):
        yield _rest(*idle, full_v)
    yield from _discharge(pack, period_s)
    # taken off the load, the pack recovers by the voltage its resistance took
    ended = EbcState.ENDED, EbcMode.DISCHARGE_CURRENT
    yield _rest(*ended, pack.empty_v, pack.capacity_ah)


def _rest(
    state: EbcState, mode: EbcMode, voltage_v: float, capacity_ah: float = 0.0
) -> _Moment:
    return _Moment(state=state, mode=mode, voltage_v=voltage_v, capacity_ah=capacity_ah)


def _charge(pack: SimulatedPack, period_s: float) -> Iterator[_Moment]:
    """Constant current until the limit holds it back, then what the limit allows."""
    soc, moved_ah, steps = pack.start_soc, 0.0, 0
    every = max(1, round(period_s / _STEP_S))
    step_s = period_s / every
    last = None
    while True:
        current_a = min(pack.test_current_a, pack.held_current_a(soc))
        if current_a <= pack.end_current_a or soc >= 1.0:
            break
        if steps % every == 0:
            if last is not None:
                yield last
            last = _charging(pack, soc, current_a, moved_ah)
        moved_ah += current_a * step_s / 3600.0
        soc = min(1.0, soc + current_a * step_s / 3600.0 / pack.capacity_ah)
        steps += 1
    if last is not None and steps % every * step_s >= period_s / 2:
        yield last
    yield _charging(pack, 1.0, pack.end_current_a, moved_ah)


def _charging(
    pack: SimulatedPack, soc: float, current_a: float, moved_ah: float
) -> _Moment:
    return _Moment(
        state=EbcState.ACTIVE,
        mode=EbcMode.CHARGE,
        voltage_v=pack.terminal_v(soc, current_a),
        current_a=current_a,
        capacity_ah=moved_ah,
    )


def _discharge(pack: SimulatedPack, period_s: float) -> Iterator[_Moment]:
    """Constant current to the cut-off, which the model reaches when empty."""
    current_a = pack.test_current_a
    length_s = pack.capacity_ah / current_a * 3600.0
    periods = [period_s * n for n in range(max(1, round(length_s / period_s)))]
    for at_s in [*periods, length_s]:
        moved_ah = at_s * current_a / 3600.0
        soc = 1.0 - moved_ah / pack.capacity_ah
        yield _Moment(
            state=EbcState.ACTIVE,
            mode=EbcMode.DISCHARGE_CURRENT,
            voltage_v=pack.terminal_v(soc, -current_a),
            current_a=current_a,
            capacity_ah=moved_ah,
        )
