"""The other side of `sandbox`: reads binary files one after another, within limits.

``python -m instruments.readers.worker BYTES`` takes requests on its standard input
and answers on its standard output.
"""

import os
import sys

# the thread pools of polars and of numpy's libraries would reserve more memory
# than the limit allows; set before either is imported
for _name in ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(_name, "2")


def main(arguments: list[str]) -> None:
    """Limit this process's memory, then answer requests until there are no more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # what a library prints must not stand between our answers
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit_memory(int(arguments[0]))
    # only now: the limit holds for the libraries too
    from instruments.readers.serving import serve  # noqa: PLC0415  (see above)

    serve(sys.stdin.buffer, answers)


def _limit_memory(most: int) -> None:
    try:
        import resource  # noqa: PLC0415  (not on every system)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    # a crash is an answer too; its core file is of no use
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1:])
