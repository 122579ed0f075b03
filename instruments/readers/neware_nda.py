"""Neware .nda and .ndax through fastnda."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from instruments.readers.interface import Hints, Match
from instruments.readers.limits import check_zip
from instruments.reading import ReadingError
from instruments.recording import Floats, Recording, Step, StepKind, run_bounds

_ZIP_MEMBERS = (b".ndc", b"TestInfo.xml", b"VersionInfo.xml", b"Step.xml")
_DAMAGED_DESCRIPTION = (
    "TestInfo.xml, the test's description, is unreadable: the records are there, "
    "their auxiliary channels (temperature) are not"
)
_TEMPERATURE = "aux1_temperature_degC"
_USED = {
    *("index", "voltage_V", "current_mA", "step_time_s", "total_time_s"),
    *("cycle_count", "step_count", "step_index", "step_type", "capacity_mAh"),
    _TEMPERATURE,
}


class NewareNda:
    """Neware's binary files, all versions that fastnda knows."""

    name = "neware_nda"
    isolated = True

    def sniff(self, head: bytes, file_name: str) -> Match:
        """The word NEWARE, or a zip whose members are Neware's."""
        if head.startswith(b"NEWARE"):
            return Match(score=95, reason="starts with NEWARE")
        if not head.startswith(b"PK\x03\x04"):
            return Match(score=0, reason="neither NEWARE nor a zip")
        if any(name in head for name in _ZIP_MEMBERS):
            return Match(score=90, reason="a zip with members of Neware's")
        if file_name.lower().endswith(".ndax"):
            return Match(score=40, reason="a zip named .ndax")
        return Match(score=0, reason="a zip without members of Neware's")

    def read(self, path: Path, hints: Hints) -> Recording:
        """Read with fastnda; its every failure becomes a `ReadingError`.

        Raises:
            ReadingError: Damaged, empty, or too large when unpacked.
        """
        # polars, behind fastnda, takes a third of a second to import
        import fastnda  # noqa: PLC0415  (lazy, see above)
        from polars.exceptions import PanicException  # noqa: PLC0415  (lazy)

        check_zip(path)
        notes: list[str] = []
        with _noted(notes):
            try:
                frame = fastnda.read(path)
            except (Exception, PanicException) as error:
                raise ReadingError(
                    "unreadable",
                    f"{path.name} is damaged or not a Neware file "
                    f"({type(error).__name__}).",
                    "Export it again from the instrument.",
                ) from error
            metadata = _metadata(path, notes)
        if any("could not read TestInfo.xml" in note for note in notes):
            notes.insert(0, _DAMAGED_DESCRIPTION)
        if frame.height == 0:
            raise ReadingError(
                "no_records",
                f"{path.name} is a Neware file without a single record.",
                "The test was never started, or stopped at once.",
            )
        return _recording(frame, metadata, notes)


def _metadata(path: Path, notes: list[str]) -> dict[str, Any]:
    """The test's description, empty and noted when it cannot be read."""
    import fastnda  # noqa: PLC0415  (lazy: polars is slow to import)

    try:
        return dict(fastnda.read_metadata(path))
    except Exception as error:  # a damaged description must not lose good records
        notes.append(f"the test's description is unreadable ({type(error).__name__})")
        return {}


@contextmanager
def _noted(notes: list[str]) -> Iterator[None]:
    """Collect what fastnda logs or warns about, instead of printing it."""
    logger = logging.getLogger("fastnda")
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: notes.append(record.getMessage())  # type: ignore[method-assign]  # a list is all we need
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            # these ask for sample files; what concerns the records is logged
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.propagate = propagate
        logger.removeHandler(handler)


def _recording(frame: Any, metadata: dict[str, Any], notes: list[str]) -> Recording:
    def column(name: str) -> Floats:
        return np.asarray(frame[name].to_numpy(), dtype=np.float64)

    temperature = None
    if _TEMPERATURE in frame.columns:
        temperature = column(_TEMPERATURE)
    time = column("total_time_s")
    voltage = column("voltage_V")
    return Recording(
        reader=NewareNda.name,
        time_s=time - time[0],
        voltage_v=voltage,
        current_a=column("current_mA") / 1000.0,
        steps=_steps(frame, voltage, _programmed_limits(metadata)),
        capacity_ah=np.abs(column("capacity_mAh")) / 1000.0,
        temperature_c=temperature,
        warnings=tuple(dict.fromkeys(notes)),
        started_at=_started_at(metadata),
        extra_columns=tuple(c for c in frame.columns if c not in _USED),
    )


def _steps(frame: Any, voltage: Floats, limits: dict[int, float]) -> tuple[Step, ...]:
    numbers = frame["step_count"].to_list()
    labels = frame["step_type"].to_list()
    cycles = frame["cycle_count"].to_list()
    programme = frame["step_index"].to_list()
    low, high = 0.9 * float(voltage.min()), 1.1 * float(voltage.max())
    steps = []
    for start, stop in run_bounds(numbers):
        limit = limits.get(programme[start])
        # the scale of a programmed limit differs by model: believe a likely one
        likely = limit is not None and low <= limit <= high
        steps.append(
            Step(
                number=int(numbers[start]),
                kind=_kind(str(labels[start])),
                label=str(labels[start]),
                start=start,
                stop=stop,
                cycle=int(cycles[start]),
                limit_v=limit if likely else None,
            )
        )
    return tuple(steps)


def _kind(label: str) -> StepKind:
    if label.endswith("_DChg"):
        return StepKind.DISCHARGE
    if label.endswith("_Chg"):
        return StepKind.CHARGE
    return StepKind.REST if label in {"Rest", "Pause", "OCV"} else StepKind.OTHER


def _programmed_limits(metadata: dict[str, Any]) -> dict[int, float]:
    """Voltage limit of each programme step, written in units of 0.1 mV."""
    programme = metadata.get("Step", {}).get("Step_Info", {})
    limits = {}
    for step in programme.values():
        if not isinstance(step, dict):
            continue
        main = step.get("Limit", {}).get("Main", {})
        entry = main.get("Volt") or main.get("Stop_Volt") or {}
        try:
            limits[int(step["Step_ID"])] = float(entry["Value"]) / 10000.0
        except (KeyError, ValueError):
            continue
    return limits


def _started_at(metadata: dict[str, Any]) -> str | None:
    info = metadata.get("TestInfo", {}).get("TestInfo", {})
    started = info.get("StartTime") or metadata.get("start_time")
    return str(started) if started else None
