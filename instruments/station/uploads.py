"""Raw files and photos go up after the readings that name them.

In parts that can go on where they stopped, packed where that is shorter, and
checked by the registry against their hash.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from instruments.station import claims
from instruments.station.attached import Attachment
from instruments.station.backoff import parse_retry_after
from instruments.station.post import RETRIED, problem_text, read_json_object
from instruments.station.queue import Queue
from instruments.station.sender import LEASE_S, Patience, World
from instruments.station.spool import Spool

RECORDINGS_PATH = "/api/v1/recordings"
PART_BYTES = 4 * 1024 * 1024


class _AgainError(Exception):
    """Not now; the file waits."""

    def __init__(self, message: str, not_before: datetime | None = None) -> None:
        super().__init__(message)
        self.not_before = not_before


class _StopError(Exception):
    """Nothing can be uploaded with this key, by this sender."""


class _RefusedError(Exception):
    """The registry does not take this file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploaded:
    """What one run of uploads did.

    Args:
        uploaded: How many files the registry has now.
        error: What went wrong last, empty when all went well.
    """

    uploaded: int
    error: str = ""


@dataclass(slots=True)
class Uploader:
    """Uploads the files of one queue.

    Args:
        queue: What is to be uploaded.
        spool: Where the bytes lie.
        client: With the registry's address and the key's header.
        world: Clock, sleep and chance.
        patience: How long to keep trying.
        progress: Told the bytes of each file that is through.
    """

    queue: Queue
    spool: Spool
    client: httpx.Client
    world: World
    patience: Patience
    progress: Callable[[int], None] = lambda _size: None

    def run(self) -> Uploaded:
        """Upload every file whose reading was received; the others wait."""
        holder, done, error = claims.new_holder(), 0, ""
        if not self._claim(holder):
            return Uploaded(uploaded=0, error="another sender is at work")
        try:
            for attachment in self.queue.files.ready():
                if not self._claim(holder):
                    break
                try:
                    done += self._upload(attachment)
                except _RefusedError as refusal:
                    sha256, error = attachment.sha256, str(refusal)
                    self.queue.files.mark_refused(sha256, error=error)
        except (_AgainError, _StopError) as stop:
            error = str(stop)
        finally:
            self.queue.release(holder)
        return Uploaded(uploaded=done, error=error)

    def _claim(self, holder: str) -> bool:
        now = self.world.now()
        return claims.claim(self.queue, holder, now=now, lease_s=LEASE_S)

    def _upload(self, attachment: Attachment) -> int:
        path = self.spool.path(attachment.sha256)
        if not path.is_file():
            raise _RefusedError("the copy at the station is gone")
        failures = 0
        while True:
            try:
                self._send(attachment, path)
                break
            except _AgainError as again:
                failures += 1
                self._wait(again, failures)
        self.queue.files.mark_uploaded(attachment.sha256, now=self.world.now())
        self.spool.drop(attachment.sha256)
        self.progress(attachment.size)
        return 1

    def _wait(self, again: _AgainError, failures: int) -> None:
        """Sleep before the next try, or give up for this run."""
        now = self.world.now()
        wait_s = self.patience.backoff.wait_s(failures, random=self.world.random)
        at = max(now + timedelta(seconds=wait_s), self.queue.not_before())
        if again.not_before is not None:
            self.queue.wait_until(again.not_before)
            at = max(at, again.not_before)
        attempts = self.patience.attempts
        left_s = (at - now).total_seconds()
        is_over = attempts is not None and failures >= attempts
        if is_over or left_s > self.patience.longest_wait_s:
            raise again
        self.world.sleep(left_s)

    def _send(self, attachment: Attachment, path: Path) -> None:
        address, total = f"{RECORDINGS_PATH}/{attachment.sha256}", attachment.size
        if total <= PART_BYTES:
            self._put(address, path.read_bytes(), None)
            return
        at: int | None = self._put(address, b"", f"bytes */{total}")
        with path.open("rb") as file:
            while at is not None:
                file.seek(at)
                part = file.read(PART_BYTES)
                last = at + len(part) - 1
                next_at = self._put(address, part, f"bytes {at}-{last}/{total}")
                if next_at is not None and next_at <= at:
                    # asked without a pause, it would be asked for ever
                    raise _AgainError(f"the registry stays at byte {next_at}")
                at = next_at

    def _put(self, address: str, content: bytes, range_: str | None) -> int | None:
        """Put one part; where the next one begins, None when it is whole."""
        headers = {"Content-Type": "application/octet-stream"}
        if range_ is not None:
            headers["Content-Range"] = range_
        packed = gzip.compress(content, compresslevel=6)
        if len(packed) < len(content):
            headers["Content-Encoding"], content = "gzip", packed
        try:
            response = self.client.put(address, content=content, headers=headers)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise _AgainError(f"no answer: {reason}") from error
        told = read_json_object(response)
        received = told.get("received_bytes")
        if response.status_code in {202, 409} and isinstance(received, int):
            return received
        if response.is_success and told.get("is_complete") is True:
            return None
        raise self._failed(response)

    def _failed(self, response: httpx.Response) -> Exception:
        status, told = response.status_code, read_json_object(response)
        reason = problem_text(told) or response.reason_phrase
        error = f"{status} {reason}".strip()
        if status in {401, 403}:
            return _StopError(error)
        if status in RETRIED or status >= 500 or response.is_success:
            after = response.headers.get("Retry-After")
            return _AgainError(error, parse_retry_after(after, now=self.world.now()))
        return _RefusedError(error)
