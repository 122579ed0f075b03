"""``healthcheck``: whether the server on this machine is ready."""

import http.client

import click

from battery_registry.cli.failure import FailedError

_TIMEOUT_S = 4
_READY = 200


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def healthcheck(host: str, port: int) -> None:
    """Ask the server on this machine whether it is ready; exit 1 if not.

    For containers, which then need no other program for it.
    """
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise FailedError(f"no answer from {host}:{port}: {error}") from error
    finally:
        connection.close()
    if status != _READY:
        raise FailedError(f"{host}:{port} answers {status}")
