"""The registry without settings: its database and its keys in one folder."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from battery_registry.cli.failure import FailedError, WrongSettingsError

DATA = "BATTERY_REGISTRY_DATA"
BASE_URL = "BATTERY_REGISTRY_BASE_URL"

_KEYS = {
    "BATTERY_REGISTRY_SECRET_KEY": "secret.key",
    "BATTERY_REGISTRY_DATA_KEY": "data.key",
    "BATTERY_REGISTRY_LOOKUP_KEY": "lookup.key",
    "BATTERY_REGISTRY_SIGNING_KEY": "signing.key",
}
# A new one makes nothing unreadable: what was signed with the old one lasts a day,
# and registries are older than this key.
_REPLACEABLE = frozenset({"signing.key"})
_DATABASE = "registry.sqlite3"
_KEY_BYTES = 32
_OWNER_ONLY = 0o600
_OWNER_ONLY_FOLDER = 0o700


def is_embedded(environ: Mapping[str, str]) -> bool:
    """Whether nobody has set a database or a key.

    One of them alone is a half-finished configuration, which must fail
    rather than silently start on another database.
    """
    names = ("DATABASE_URL", *_KEYS)
    return not any(environ.get(n) or environ.get(f"{n}_FILE") for n in names)


def folder(environ: Mapping[str, str]) -> Path:
    """Tell where the embedded registry keeps everything."""
    chosen = environ.get(DATA)
    if chosen:
        return Path(chosen).expanduser().resolve()
    return platformdirs.user_data_path("battery-registry", appauthor=False)


def exists(home: Path) -> bool:
    """Whether there is a registry in the folder."""
    return (home / _DATABASE).exists()


def complete(environ: Mapping[str, str], *, port: int = 8000) -> dict[str, str]:
    """Complete the environment of an embedded registry; leave others alone.

    Args:
        environ: The process's own.
        port: What labels point at where no address was set.
    """
    if not is_embedded(environ):
        return dict(environ)
    home = folder(environ)
    return {
        BASE_URL: f"http://127.0.0.1:{port}",
        **{name: value for name, value in environ.items() if value},
        DATA: str(home),
        "DATABASE_URL": f"sqlite:///{home / _DATABASE}",
        **{f"{name}_FILE": str(home / file) for name, file in _KEYS.items()},
    }


def prepare(home: Path) -> None:
    """Make the folder and its keys where they are missing.

    Raises:
        FailedError: The folder cannot be written.
        WrongSettingsError: The database is there and a key is not: a new one
            would make personal data unreadable.
    """
    try:
        home.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        missing = [file for file in _KEYS.values() if not (home / file).exists()]
        lost = [file for file in missing if file not in _REPLACEABLE]
        if lost and exists(home):
            raise WrongSettingsError(
                f"{', '.join(lost)} missing beside the database in {home}; put"
                " back the keys that it was made with"
            )
        for file in missing:
            _make_key(home / file)
    except OSError as error:
        raise FailedError(f"{home} cannot be used: {error.strerror}") from error


def _make_key(path: Path) -> None:
    """Make a key file that is whole from its first moment, and only once."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(made, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        # Somebody was faster; theirs is the key now.
        pass
    finally:
        draft.unlink()
