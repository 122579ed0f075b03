"""What a codec must keep: right values, and nothing but values or `FrameError`."""

import time
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from instruments.codecs.frame import FrameError

Decode = Callable[[Sequence[bytes]], Any]
_LONGEST_S = 2.0
_TOLERANCE = 1e-9


def check_codec(
    decode: Decode,
    chunks: Sequence[bytes],
    expected: Mapping[str, Any],
    *,
    rounds: int = 500,
    seed: int = 0,
) -> None:
    """Hold a codec to the rules of this package.

    It must give the expected values for a captured exchange, the same each time;
    for the same bytes cut at any byte, and for random and changed bytes, a value
    or `FrameError` within 2 s, and never another exception.

    Args:
        decode: Pure function of the chunks as they arrived.
        chunks: A captured exchange.
        expected: Attributes of the value; floats may differ by one part in 10⁹.
        rounds: Changed inputs to try.
        seed: The same seed tries the same inputs.

    Raises:
        AssertionError: A rule is broken; the message says which, with the bytes.
    """
    value = decode(chunks)
    if decode(tuple(chunks)) != value:
        raise AssertionError("the same bytes give another value")
    for name, wanted in expected.items():
        found = getattr(value, name)
        if not _same(found, wanted):
            raise AssertionError(f"{name} is {found!r}, not {wanted!r}")
    for changed in changed_inputs(chunks, rounds=rounds, seed=seed):
        try_codec(decode, changed)


def try_codec(decode: Decode, chunks: Sequence[bytes]) -> Any:
    """The value, or None for a `FrameError`.

    Raises:
        AssertionError: Another exception, or more than 2 s.
    """
    shown = [chunk.hex() for chunk in chunks]
    started = time.monotonic()
    try:
        value = decode(chunks)
    except FrameError:
        value = None
    except Exception as error:
        message = f"{type(error).__name__} instead of FrameError for {shown}"
        raise AssertionError(message) from error
    if time.monotonic() - started > _LONGEST_S:
        raise AssertionError(f"more than {_LONGEST_S} s for {shown}")
    return value


def changed_inputs(
    chunks: Sequence[bytes], *, rounds: int, seed: int
) -> list[list[bytes]]:
    """Inputs like a captured one, each broken in another way.

    Args:
        chunks: A captured exchange.
        rounds: How many.
        seed: The same seed gives the same inputs.
    """
    random = Random(seed)  # noqa: S311 - test inputs need no secrecy
    return [_change(list(chunks), random) for _ in range(rounds)]


def _change(chunks: list[bytes], random: Random) -> list[bytes]:
    for _ in range(random.randint(1, 4)):
        if not chunks:
            return [random.randbytes(random.randrange(64))]
        at = random.randrange(len(chunks))
        chunks = random.choice(_WAYS)(chunks, at, random)
    return chunks


def _flip(chunks: list[bytes], at: int, random: Random) -> list[bytes]:
    data = bytearray(chunks[at])
    for _ in range(random.randint(1, 3)):
        if data:
            data[random.randrange(len(data))] = random.randrange(256)
    return [*chunks[:at], bytes(data), *chunks[at + 1 :]]


def _cut(chunks: list[bytes], at: int, random: Random) -> list[bytes]:
    end = random.randrange(len(chunks[at]) + 1)
    return [*chunks[:at], chunks[at][:end], *chunks[at + 1 :]]


def _drop(chunks: list[bytes], at: int, _random: Random) -> list[bytes]:
    return chunks[:at] + chunks[at + 1 :]


def _repeat(chunks: list[bytes], at: int, _random: Random) -> list[bytes]:
    return [*chunks[:at], chunks[at], *chunks[at:]]


def _insert(chunks: list[bytes], at: int, random: Random) -> list[bytes]:
    return [*chunks[:at], random.randbytes(random.randrange(32)), *chunks[at:]]


def _join(chunks: list[bytes], _at: int, _random: Random) -> list[bytes]:
    return [b"".join(chunks)]


def _swap(chunks: list[bytes], at: int, random: Random) -> list[bytes]:
    other = random.randrange(len(chunks))
    chunks[at], chunks[other] = chunks[other], chunks[at]
    return chunks


_WAYS: Sequence[Callable[[list[bytes], int, Random], list[bytes]]] = (
    _flip,
    _flip,
    _flip,
    _cut,
    _drop,
    _repeat,
    _insert,
    _join,
    _swap,
)


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        return bool(abs(found - wanted) <= _TOLERANCE * max(1.0, abs(wanted)))
    return bool(found == wanted)
