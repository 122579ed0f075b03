"""Who may send: one process per queue, and whether it is still alive.

A claim is a lease, so that a sender on another machine that went away frees
the queue; one that was killed on this machine frees it at once.
"""

import os
import platform
import sys
from datetime import datetime
from uuid import uuid4

from instruments.station.queue import Queue


def new_holder() -> str:
    """A name for a sender of this process: machine, process, and what is unique."""
    return f"{platform.node()} {os.getpid()} {uuid4().hex}"


def claim(queue: Queue, holder: str, *, now: datetime, lease_s: float) -> bool:
    """Become, or stay, the one sender; False when another one is at work."""
    if queue.claim(holder, now=now, lease_s=lease_s):
        return True
    other = queue.holder()
    if other is None or not _is_dead(other):
        return False
    queue.release(other)
    return queue.claim(holder, now=now, lease_s=lease_s)


def _is_dead(holder: str) -> bool:
    """Whether a holder is of this machine and its process has ended."""
    node, pid, *_ = *holder.split(" "), "", ""
    if node != platform.node() or not pid.isdecimal():
        return False
    if sys.platform == "win32":
        # to ask would be to interrupt it; the lease runs out by itself
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # somebody else's, and alive
    return False
