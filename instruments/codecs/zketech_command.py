"""ZKETECH EBC battery testers: the 10-byte commands of the host.

Framing, digits and check byte are those of `instruments.codecs.zketech`.
"""

from dataclasses import dataclass

from instruments.codecs.zketech import BASE, MAX_WORD, FrameError, unwrap, word, wrap

COMMAND_LENGTH = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class EbcCommand:
    """One command of the host: a code and three words (zero when unused).

    Args:
        code: 0x05 connect, 0x06 disconnect, 0x02 stop, 0x01 start discharge
            (current 10 mA, cut-off 10 mV, minutes), 0x07 adjust, 0x11 charge.
        words: The three parameters, each 0..57599.
    """

    code: int
    words: tuple[int, int, int] = (0, 0, 0)

    def __post_init__(self) -> None:
        """Refuse what the wire cannot carry.

        Raises:
            FrameError: The code is not 0..239 or a word not 0..57599.
        """
        if not 0 <= self.code < BASE:
            raise FrameError("a command code is 0 to 239")
        if not all(0 <= word <= MAX_WORD for word in self.words):
            raise FrameError(f"a value does not fit in 0 to {MAX_WORD}")


def decode_command(frame: bytes) -> EbcCommand:
    """One command from its 10 bytes; the exact inverse of `encode_command`.

    Raises:
        FrameError: Wrong length, marks, digits or check byte.
    """
    if len(frame) != COMMAND_LENGTH:
        raise FrameError(f"a command has {COMMAND_LENGTH} bytes, not {len(frame)}")
    payload = unwrap(frame)
    words = (word(*payload[1:3]), word(*payload[3:5]), word(*payload[5:7]))
    return EbcCommand(code=payload[0], words=words)


def encode_command(command: EbcCommand) -> bytes:
    """The 10 bytes of a command."""
    digits = [digit for word in command.words for digit in divmod(word, BASE)]
    return wrap(bytes([command.code, *digits]))
