"""The file a resistance tester leaves beside a recording."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from instruments.codecs.rc3563 import PACKET_LENGTH, PacketError, decode_log
from instruments.reading import ReadingError, ResistanceMethod
from instruments.station.measurement import Measurement

SUFFIX = ".rc3563"
_MAX_PACKETS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ResistanceTest:
    """What a resistance tester showed at the pack's terminals.

    Args:
        resistance_mohm: Milliohm, > 0, by 1 kHz alternating current.
        ocv_v: Volts without load.
    """

    resistance_mohm: float
    ocv_v: float


def read_measurement(path: Path) -> tuple[Measurement, ...]:
    """The log as one measurement.

    Raises:
        ReadingError: See `read_resistance_log`.
    """
    test = read_resistance_log(path)
    fields = {
        "ocv_v": round(test.ocv_v, 4),
        "internal_resistance_mohm": round(test.resistance_mohm, 3),
        "resistance_method": ResistanceMethod.AC_1KHZ.value,
    }
    return (Measurement(name=path.name, fields=fields),)


def read_resistance_log(path: Path) -> ResistanceTest:
    """The median of an RC3563's packets.

    Args:
        path: 10-byte packets and nothing else.

    Raises:
        ReadingError: The file cannot be read, holds something else, or half
            of its packets or more show no resistance.
    """
    try:
        if path.stat().st_size > _MAX_PACKETS * PACKET_LENGTH:
            raise ReadingError("too_large", f"{path.name} is too large.")
        packets = decode_log(path.read_bytes())
    except OSError as error:
        message = f"{path.name} cannot be opened: {error.strerror}."
        raise ReadingError("not_opened", message) from error
    except PacketError as error:
        message = f"{path.name} is not a log of an RC3563: {error}."
        raise ReadingError("unreadable", message, "Record it again.") from error
    shown = [p.resistance_mohm for p in packets if p.resistance_mohm is not None]
    if len(shown) * 2 <= len(packets):
        raise ReadingError(
            "out_of_range",
            f"{path.name} shows no resistance: over the range, or open probes.",
            "Check the four probes and measure again.",
        )
    if median(shown) <= 0:
        raise ReadingError(
            "below_resolution",
            f"{path.name} shows 0 milliohm: shorted probes, not a perfect pack.",
            "Check the four probes and measure again.",
        )
    return ResistanceTest(
        resistance_mohm=median(shown),
        # swapped probes change the sign and nothing else
        ocv_v=abs(median(packet.voltage_v for packet in packets)),
    )
