"""What the child process of `sandbox` does with a request: read, and answer."""

import contextlib
from pathlib import Path
from typing import BinaryIO

from instruments.readers.interface import Hints
from instruments.readers.registry import all_readers
from instruments.readers.transfer import (
    TransferError,
    receive_request,
    send_error,
    send_recording,
)
from instruments.reading import ReadingError
from instruments.recording import Recording


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    # the other side is gone: nobody to tell
    with contextlib.suppress(TransferError, BrokenPipeError):
        while True:
            name, path, hints = receive_request(requests)
            try:
                recording = read(name, Path(path), hints)
            except ReadingError as error:
                send_error(answers, error)
            else:
                send_recording(answers, recording)


def read(name: str, path: Path, hints: Hints) -> Recording:
    """Read a file with a reader of ours.

    Raises:
        ReadingError: For whatever is wrong with it.
    """
    reader = next(reader for reader in all_readers() if reader.name == name)
    try:
        return reader.read(path, hints)
    except ReadingError:
        raise
    except MemoryError as error:
        raise ReadingError(
            "too_large",
            f"{path.name} needs more memory than a test can fill.",
            "Export a shorter test.",
        ) from error
    except Exception as error:  # damaged files break libraries in every way there is
        raise ReadingError(
            "unreadable",
            f"{path.name} is damaged or not a {name} file "
            f"({type(error).__name__}: {error}).",
            "Export it again from the instrument.",
        ) from error
