"""Hooks of the web server, which reads this module as its configuration."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1


def on_starting(server: object) -> None:
    """Ask Linux to end the server when ``serve`` is killed outright.

    Otherwise it would stay behind and hold the port.
    """
    del server
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
