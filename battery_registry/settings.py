"""Settings, read once from the environment and refused whole if any is wrong.

``DATABASE_URL`` and ``BATTERY_REGISTRY_*``; each secret also as ``NAME_FILE``,
the path of a file that holds it.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

BUILT_IN_RULESET = "cn-2024"
"""The rule set that judges without anybody's signature."""

_KEY_BYTES = 32
# As in ``domain.custody_edges``, which settings do not know.
_TIMED_STATES = frozenset(
    {
        "flagged",
        "isolated",
        "collected",
        "in_transit",
        "received",
        "dismantled",
        "missing",
        "mismatch",
    }
)
_DISCLOSURES = ("verdict", "readings")
_DAYS = re.compile(r"[1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5]", re.ASCII)
_SQLITE_FILE = re.compile(r"sqlite(\+pysqlite)?:///(?!\?|file:|:memory:).+")
_POSTGRESQL = re.compile(r"postgres(ql)?(\+psycopg)?://.*")


class SettingsError(ValueError):
    """Settings are missing or wrong; the message names every one of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How this registry runs.

    Args:
        database_url: SQLAlchemy URL; SQLite file or PostgreSQL.
        secret_key: Signs form tokens and cookies.
        data_key: 32 bytes; encrypts personal data.
        lookup_key: 32 bytes; makes the keyed hashes that find it again.
        signing_key: 32 bytes, an Ed25519 seed; signs clearances and lists.
        old_public_keys: 32 bytes each; what older signing keys signed still counts.
        base_url: What labels point at, without a slash at its end.
        ruleset_id: The rule set in force.
        session_hours: How long a sign-in lasts, 1 to 72 hours.
        trusted_proxies: Reverse proxies in front whose headers are believed.
        blob_dir: Where recordings and photos are kept, if it was said.
        retest_days: How long an independent retest may take, 1 to 90.
        appeal_days: How long the decision on an appeal may take, 1 to 90.
        offer_hours: How long an offer of a hand-over stands, 1 to 720.
        mass_tolerance_percent: How far masses may differ, 0 to 20.
        stock_days: How long a site may keep a red battery, 1 to 365.
        stock_kg: How much a site may keep at once, 1 to 100,000.
        deadline_days: Days that a case may stay in a state, by the state, as far
            as they were set.
        sale_check_days: How long it is kept that somebody asked, 1 to 3650.
        shows_readings: Whether the page behind the QR code shows figures.
    """

    database_url: str
    secret_key: bytes
    data_key: bytes
    lookup_key: bytes
    signing_key: bytes
    base_url: str
    ruleset_id: str = BUILT_IN_RULESET
    session_hours: int = 12
    trusted_proxies: int = 0
    blob_dir: Path | None = None
    retest_days: int = 15
    appeal_days: int = 15
    offer_hours: int = 72
    mass_tolerance_percent: int = 5
    stock_days: int = 90
    stock_kg: int = 3000
    deadline_days: Mapping[str, int] = field(default_factory=dict)
    old_public_keys: tuple[bytes, ...] = ()
    sale_check_days: int = 365
    shows_readings: bool = False

    @property
    def blob_folder(self) -> Path | None:
        """Where recordings and photos are kept: as set, else beside the SQLite file.

        None where neither says it, and then they are refused.
        """
        if self.blob_dir is not None or not self.database_url.startswith("sqlite"):
            return self.blob_dir
        file = self.database_url.partition(":///")[2].partition("?")[0]
        return Path(file).parent / "blobs"

    @property
    def is_https(self) -> bool:
        """Whether people reach this registry over TLS."""
        return self.base_url.startswith("https://")


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: Anything is missing or wrong; all of it is named.
    """
    reader = _Reader(environ)
    database_url = reader.database("DATABASE_URL")
    settings = Settings(
        database_url=database_url,
        secret_key=reader.key("BATTERY_REGISTRY_SECRET_KEY"),
        data_key=reader.key("BATTERY_REGISTRY_DATA_KEY"),
        lookup_key=reader.key("BATTERY_REGISTRY_LOOKUP_KEY"),
        signing_key=reader.key("BATTERY_REGISTRY_SIGNING_KEY"),
        base_url=reader.url("BATTERY_REGISTRY_BASE_URL"),
        ruleset_id=reader.text("BATTERY_REGISTRY_RULESET", BUILT_IN_RULESET),
        session_hours=reader.number("BATTERY_REGISTRY_SESSION_HOURS", 12, 1, 72),
        trusted_proxies=reader.number("BATTERY_REGISTRY_TRUSTED_PROXIES", 0, 0, 5),
        blob_dir=reader.blob_folder(database_url),
        retest_days=reader.number("BATTERY_REGISTRY_RETEST_DAYS", 15, 1, 90),
        appeal_days=reader.number("BATTERY_REGISTRY_APPEAL_DAYS", 15, 1, 90),
        offer_hours=reader.number("BATTERY_REGISTRY_OFFER_HOURS", 72, 1, 720),
        mass_tolerance_percent=reader.number(
            "BATTERY_REGISTRY_MASS_TOLERANCE_PERCENT", 5, 0, 20
        ),
        stock_days=reader.number("BATTERY_REGISTRY_STOCK_DAYS", 90, 1, 365),
        stock_kg=reader.number("BATTERY_REGISTRY_STOCK_KG", 3000, 1, 100_000),
        deadline_days=reader.days("BATTERY_REGISTRY_DEADLINE_DAYS"),
        old_public_keys=reader.public_keys("BATTERY_REGISTRY_OLD_PUBLIC_KEYS"),
        sale_check_days=reader.number("BATTERY_REGISTRY_SALE_CHECK_DAYS", 365, 1, 3650),
        shows_readings=reader.word("BATTERY_REGISTRY_DISCLOSURE", _DISCLOSURES)
        == "readings",
    )
    reader.finish()
    return settings


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        # A port that is no number is found only when it is asked for.
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_whole = not re.search(r"[\s?#]", value)
    return has_host and is_whole and parts.scheme in {"http", "https"}


class _Reader:
    """Collects every fault, so that an operator mends them in one go."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._faults: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environ.get(name)
        path = self._environ.get(f"{name}_FILE")
        if value and path:
            return self._fault(f"{name} and {name}_FILE are both set")
        if path:
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                return self._fault(f"{name}_FILE cannot be read: {error.strerror}")
        if not value:
            return default if default is not None else self._fault(f"{name} is not set")
        return value

    def key(self, name: str) -> bytes:
        value = self.text(name)
        if not value:
            return b""
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != _KEY_BYTES:
            self._fault(f"{name} is not base64 of {_KEY_BYTES} bytes")
        return raw

    def public_keys(self, name: str) -> tuple[bytes, ...]:
        """Read what the key set called ``x``: base64url, separated by commas."""
        found = []
        for part in filter(None, self.text(name, "").split(",")):
            try:
                raw = base64.b64decode(
                    f"{part.strip()}=", altchars=b"-_", validate=True
                )
            except (binascii.Error, ValueError):
                raw = b""
            if len(raw) != _KEY_BYTES:
                self._fault(f"{name} is not base64url of {_KEY_BYTES} bytes,…")
            found.append(raw)
        return tuple(found)

    def database(self, name: str) -> str:
        value = self.text(name)
        is_known = _SQLITE_FILE.fullmatch(value) or _POSTGRESQL.fullmatch(value)
        if value and not is_known:
            # It may hold a password, so it is not repeated.
            return self._fault(
                f"{name} is neither sqlite:///FILE nor postgresql://HOST/DATABASE"
            )
        return value

    def url(self, name: str) -> str:
        value = self.text(name).rstrip("/")
        if value and not _is_address(value):
            self._fault(
                f"{name} is not an http or https address, without query and"
                f" fragment: {value}"
            )
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            self._fault(f"{name} is not a whole number from {least} to {most}: {value}")
            return default
        return int(value)

    def word(self, name: str, allowed: Sequence[str]) -> str:
        """Read one of a few words; the first is what it is if nobody says."""
        value = self.text(name, allowed[0])
        if value not in allowed:
            self._fault(f"{name} is none of {', '.join(allowed)}: {value}")
        return value

    def days(self, name: str) -> Mapping[str, int]:
        """Read ``state=days,…``; states that are not named keep their default."""
        told: dict[str, int] = {}
        for part in filter(None, self.text(name, "").split(",")):
            state, _, days = part.strip().partition("=")
            if state not in _TIMED_STATES or not _DAYS.fullmatch(days):
                self._fault(f"{name} is not STATE=DAYS,… with 1 to 365 days: {part}")
                continue
            told[state] = int(days)
        return told

    def folder(self, name: str) -> Path | None:
        value = self.text(name, "")
        if value and not Path(value).is_absolute():
            # Relative to what, each server and the worker would answer otherwise.
            self._fault(f"{name} is not an absolute path: {value}")
        return Path(value) if value else None

    def blob_folder(self, database_url: str) -> Path | None:
        """As set; on PostgreSQL else this machine's own, which others do not see."""
        chosen = self.folder("BATTERY_REGISTRY_BLOB_DIR")
        if chosen is not None or database_url.startswith("sqlite"):
            return chosen
        own = self.text("BATTERY_REGISTRY_DATA", "")
        data = platformdirs.user_data_path("battery-registry", appauthor=False)
        return (Path(own).expanduser().absolute() if own else data) / "blobs"

    def _fault(self, text: str) -> str:
        self._faults.append(text)
        return ""

    def finish(self) -> None:
        if self._faults:
            raise SettingsError("; ".join(self._faults))
