"""A recording as bytes between two processes: JSON and plain float64, no pickle."""

import json
from dataclasses import asdict
from typing import Any, BinaryIO

import numpy as np

from instruments.readers.interface import Hints
from instruments.reading import ReadingError, ReportedResistance, ResistanceMethod
from instruments.recording import Floats, Recording, Step, StepKind, VendorCycle

_COLUMNS = (
    *("time_s", "voltage_v", "current_a", "capacity_ah", "temperature_c", "clock_s"),
)
_PLAIN = ("reader", "time_assumed", "first_time_s", "started_at")
_LENGTH_BYTES = 4
_MAX_HEADER = 256 * 1024 * 1024


class TransferError(Exception):
    """The other process sent something else, or nothing more."""


def send_recording(stream: BinaryIO, recording: Recording) -> None:
    """Write a recording; `receive` reads it."""
    header: dict[str, Any] = {name: getattr(recording, name) for name in _PLAIN}
    header["warnings"] = list(recording.warnings)
    header["extra_columns"] = list(recording.extra_columns)
    header["vendor_summary"] = [asdict(cycle) for cycle in recording.vendor_summary]
    header["reported"] = [one.as_json() for one in recording.reported_resistances]
    header["steps"] = [_step_row(step) for step in recording.steps]
    header["rows"] = recording.rows
    header["columns"] = [n for n in _COLUMNS if getattr(recording, n) is not None]
    _send(stream, header)
    for name in header["columns"]:
        column = np.ascontiguousarray(getattr(recording, name), dtype="<f8")
        stream.write(column.data)
    stream.flush()


def send_error(stream: BinaryIO, error: ReadingError) -> None:
    """Write a refusal; `receive` raises it."""
    _send(stream, {"error": error.as_json()})
    stream.flush()


def receive(stream: BinaryIO) -> Recording:
    """Read a recording.

    Raises:
        ReadingError: The other side refused the file.
        TransferError: It sent something else, or ended.
    """
    header = _receive(stream)
    if "error" in header:
        raise ReadingError(**header["error"])
    rows = header["rows"]
    plain: dict[str, Any] = {name: header[name] for name in _PLAIN}
    plain |= {name: _column(stream, rows) for name in header["columns"]}
    return Recording(
        **plain,
        steps=tuple(_step(row) for row in header["steps"]),
        vendor_summary=tuple(VendorCycle(**c) for c in header["vendor_summary"]),
        reported_resistances=tuple(_reported(row) for row in header["reported"]),
        warnings=tuple(header["warnings"]),
        extra_columns=tuple(header["extra_columns"]),
    )


def send_request(stream: BinaryIO, *, reader: str, path: str, hints: Hints) -> None:
    """Ask the other process to read a file."""
    _send(stream, {"reader": reader, "path": path, "month_first": hints.month_first})
    stream.flush()


def receive_request(stream: BinaryIO) -> tuple[str, str, Hints]:
    """Reader, path and hints of the next request.

    Raises:
        TransferError: There is none any more.
    """
    header = _receive(stream)
    hints = Hints(month_first=header["month_first"])
    return header["reader"], header["path"], hints


def _send(stream: BinaryIO, header: dict[str, Any]) -> None:
    data = json.dumps(header).encode()
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "big") + data)


def _receive(stream: BinaryIO) -> dict[str, Any]:
    length = int.from_bytes(_exactly(stream, _LENGTH_BYTES), "big")
    if length > _MAX_HEADER:
        raise TransferError("the header is too long")
    try:
        header: dict[str, Any] = json.loads(_exactly(stream, length))
    except ValueError as error:
        raise TransferError("the header is no JSON") from error
    return header


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise TransferError("the stream ended")
    return data


def _column(stream: BinaryIO, rows: int) -> Floats:
    data = bytearray(_exactly(stream, 8 * rows))
    return np.frombuffer(data, dtype="<f8")


def _reported(row: dict[str, Any]) -> ReportedResistance:
    return ReportedResistance(**row | {"method": ResistanceMethod(row["method"])})


def _step_row(step: Step) -> list[Any]:
    return [
        *(step.number, step.kind.value, step.label, step.start, step.stop, step.cycle),
        *(step.limit_v, step.ended_at_limit),
    ]


def _step(row: list[Any]) -> Step:
    number, kind, label, start, stop, cycle, limit_v, ended = row
    return Step(
        number=number,
        kind=StepKind(kind),
        label=label,
        start=start,
        stop=stop,
        cycle=cycle,
        limit_v=limit_v,
        ended_at_limit=ended,
    )
