"""What is measured of the readers of instrument files.

The binary file's limit is fastnda alone, in this process, without a child process,
checks of the zip, steps or a hash. The nested csv's limit is pandas' plain
``read_csv`` of the same bytes, which makes no sense of them.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import fastnda
import pandas as pd

from benchmarks.load import Pace
from benchmarks.rounds import Plan, Turns
from instruments.readers import read_file

RECORDS = 1_000_000
NDAX_RECORDS = 252_951
_STEP_RECORDS = 2_000
_WIDTH = 14
_NDAX = (
    Path(__file__).parents[2]
    / "shared/data/instrument_files/neware_ndax/20260302_IFE_BTS85_2_9_8_1.ndax"
)
_HEADER = """\
Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah),Chg.-DChg. Eff(%),Chg. Time,DChg. Time
,Step Index,Step Number,Step Type,Step Time,Capacity(Ah),Energy(Wh),End Voltage(V)
,,DataPoint,Time,Total Time,Current(A),Voltage(V),Capacity(Ah),Energy(Wh),Date,\
Power(W),T1(C),V1(V),CPU(C)
"""
# in a process of its own, so that nothing before it counts; ru_maxrss would carry
# this process's peak over into it
_PEAK = """\
import sys
from pathlib import Path
if sys.argv[2] == "ours":
    from instruments.readers import read_file
    kept = read_file(Path(sys.argv[1]))
else:
    import pandas as pd
    kept = pd.read_csv(sys.argv[1], header=None, names=range(14), low_memory=False)
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) * 1024)
"""


def ndax_turns(plan: Plan) -> Turns:
    """Read the large binary file, ours and fastnda alone."""
    found = read_file(_NDAX)
    if found.rows != NDAX_RECORDS or fastnda.read(_NDAX).height != NDAX_RECORDS:
        raise ValueError("both sides do not read the same records")
    return _turns(plan, lambda: read_file(_NDAX), lambda: fastnda.read(_NDAX))


def nested_turns(path: Path, plan: Plan) -> Turns:
    """Read the nested csv, ours and pandas' plain ``read_csv``."""
    if read_file(path).rows != RECORDS:
        raise ValueError("the generated file is not read whole")
    return _turns(plan, lambda: read_file(path), lambda: _plain(path))


def memory_turns(path: Path) -> Turns:
    """The file's size in shares of the peak of memory, ours and pandas'."""
    size = path.stat().st_size
    ours, limit = (
        Pace(requests=1, seconds=_peak(path, side) / size, latencies_s=[0.0])
        for side in ("ours", "limit")
    )
    return Turns(ours=[ours], limit=[limit])


@contextmanager
def nested_file() -> Iterator[Path]:
    """A nested report of a million records, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nested.csv"
        path.write_text(_HEADER + "".join(_steps()), encoding="ascii")
        yield path


def _steps() -> Iterator[str]:
    for step in range(RECORDS // _STEP_RECORDS):
        kind, sign = (("CC Chg", 1), ("CC DChg", -1))[step % 2]
        if step % 2 == 0:
            cycle = step // 2 + 1
            yield f"{cycle},0.55528,0.55528,100,00:33:20,00:33:20,"
            yield f"{step + 1},{step + 1},{kind},00:33:20,0.5,2,4.1\n"
        else:
            yield f",{step + 1},{step + 1},{kind},00:33:20,0.5,2,3.0\n"
        for number in range(_STEP_RECORDS):
            yield _record(step, number, sign)


def _record(step: int, number: int, sign: int) -> str:
    total = step * _STEP_RECORDS + number
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours:02}:{minutes:02}:{seconds:02}"
    volts = 3.6 + sign * number * 0.0002
    return (
        f",,{total + 1},00:{number // 60:02}:{number % 60:02},{clock},{sign:.5f},"
        f"{volts:.4f},{number / 3600:.9f},{number / 1000:.5f},"
        f"2026-03-{1 + hours // 24:02} {hours % 24:02}:{minutes:02}:{seconds:02},"
        f"{volts:.5f},25.01,0.0000,25.36\n"
    )


def _plain(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, header=None, names=range(_WIDTH), low_memory=False)


def _peak(path: Path, side: str) -> float:
    done = subprocess.run(  # noqa: S603  (our own code, no shell)
        [sys.executable, "-c", _PEAK, str(path), side],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _turns(plan: Plan, *sides: Callable[[], object]) -> Turns:
    paces: list[list[Pace]] = [[], []]
    for side in sides:
        side()
    for _ in range(plan.rounds):
        for side, told in zip(sides, paces, strict=True):
            told.append(_pace(side, plan.seconds))
    return Turns(ours=paces[0], limit=paces[1])


def _pace(side: Callable[[], object], seconds: float) -> Pace:
    taken: list[float] = []
    while sum(taken) < seconds:
        begun = time.perf_counter()
        side()
        taken.append(time.perf_counter() - begun)
    return Pace(requests=len(taken), seconds=sum(taken), latencies_s=sorted(taken))
