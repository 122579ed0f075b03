"""What a station is: where it sends, with which key, who measures with what."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

PROFILE_VARIABLE = "BATTERY_STATION_PROFILE"
_DEFAULT_DT_S = 10.0
_SHORTEST_S = 0.01


class ProfileError(ValueError):
    """A station's profile that cannot be used.

    Args:
        field: The entry at fault, ``"profile"`` for the file itself.
        message: What is wrong with it.
    """

    def __init__(self, field: str, message: str) -> None:
        """Name the field; see the class."""
        super().__init__(f"profile: {field}: {message}")
        self.field = field


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """One station's settings.

    Args:
        url: The registry's address without a path, e.g. ``https://r.example``.
        key: The station's API key.
        inspector_id: Staff number, 2 to 32 characters.
        instrument_id: The instrument's code at the station, 2 to 32 characters.
        station_id: The station's own code, None to leave it to the key.
        queue: The file that holds the readings until they are received.
        resistance_dt_s: Seconds after the load step at which the station
            reads DC resistance, 0.01 to 60.
        frame_period_s: Seconds between the reports in the station's logs
            without time, 0.01 to 3600; None when it has no such logs.
        calibrated_on: Day of the instrument's last calibration, None when it is
            not stated.
    """

    url: str
    key: str
    inspector_id: str
    instrument_id: str
    queue: Path
    station_id: str | None = None
    resistance_dt_s: float = _DEFAULT_DT_S
    frame_period_s: float | None = None
    calibrated_on: date | None = None

    def __repr__(self) -> str:
        """All but the key, which belongs in no log."""
        return f"Profile(url={self.url!r}, inspector_id={self.inspector_id!r})"


_KNOWN = frozenset(field.name for field in fields(Profile)) | {"key_file"}


def load_profile(
    path: Path | None, *, environ: Mapping[str, str] | None = None
) -> Profile:
    """Read a profile.

    Args:
        path: The TOML file; None takes the one ``BATTERY_STATION_PROFILE`` names.
        environ: Environment variables, the process's own by default.

    Raises:
        ProfileError: The file or one of its entries is missing or wrong.
    """
    path = find_profile_path(path, environ=environ)
    if path is None:
        message = f"give --profile FILE or set {PROFILE_VARIABLE}"
        raise ProfileError("profile", message)
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProfileError("profile", f"{path} cannot be read: {error}") from error
    unknown = sorted(set(entries) - _KNOWN)
    if unknown:
        raise ProfileError(unknown[0], "is not an entry of a profile")
    return Profile(
        url=_url(entries),
        key=_key(entries, path.parent),
        inspector_id=_code(entries, "inspector_id"),
        instrument_id=_code(entries, "instrument_id"),
        station_id=_code(entries, "station_id") if "station_id" in entries else None,
        queue=_queue(entries, path.parent),
        resistance_dt_s=_seconds(entries, "resistance_dt_s", 60) or _DEFAULT_DT_S,
        frame_period_s=_seconds(entries, "frame_period_s", 3600),
        calibrated_on=_day(entries, "calibrated_on"),
    )


def find_profile_path(
    path: Path | None, *, environ: Mapping[str, str] | None = None
) -> Path | None:
    """The path given, else the one the environment names, else None."""
    named = (os.environ if environ is None else environ).get(PROFILE_VARIABLE)
    return path or (Path(named) if named else None)


def default_queue_path() -> Path:
    """Where the queue lies when no profile says otherwise."""
    return platformdirs.user_data_path("battery-station") / "queue.sqlite3"


def _text(entries: Mapping[str, object], field: str) -> str:
    value = entries.get(field)
    if value is None:
        raise ProfileError(field, "is missing")
    if not isinstance(value, str) or not value.strip():
        raise ProfileError(field, "must be a text that is not empty")
    return value.strip()


def _code(entries: Mapping[str, object], field: str) -> str:
    value = _text(entries, field)
    if not 2 <= len(value) <= 32:
        raise ProfileError(field, "must have 2 to 32 characters")
    return value


def _url(entries: Mapping[str, object]) -> str:
    value = _text(entries, "url").rstrip("/")
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise ProfileError("url", str(error)) from error
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ProfileError("url", "must start with https:// or http://")
    return value


def _key(entries: Mapping[str, object], folder: Path) -> str:
    if ("key" in entries) == ("key_file" in entries):
        raise ProfileError("key", "give either key or key_file")
    if "key" in entries:
        key = _text(entries, "key")
    else:
        path = folder / _text(entries, "key_file")
        try:
            key = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            message = f"{path} cannot be read: {error}"
            raise ProfileError("key_file", message) from error
    if not key.isascii() or not key.isprintable() or " " in key or not key:
        raise ProfileError("key", "is not a key: it has no blanks and no line ends")
    return key


def _queue(entries: Mapping[str, object], folder: Path) -> Path:
    if "queue" not in entries:
        return default_queue_path()
    return folder / Path(_text(entries, "queue")).expanduser()


def _seconds(entries: Mapping[str, object], field: str, most: int) -> float | None:
    value = entries.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ProfileError(field, "must be a number of seconds")
    if not _SHORTEST_S <= value <= most:
        raise ProfileError(field, f"must lie between {_SHORTEST_S} and {most} s")
    return float(value)


def _day(entries: Mapping[str, object], field: str) -> date | None:
    value = entries.get(field)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ProfileError(field, "must be a day, like 2026-05-04") from error
    # a time is a date to Python
    if isinstance(value, datetime) or not isinstance(value, (date, type(None))):
        raise ProfileError(field, "must be a day, like 2026-05-04")
    return value
