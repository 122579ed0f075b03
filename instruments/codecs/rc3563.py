"""RC3563 resistance tester: its 10-byte packets, pure bytes to values.

Layout (KrystianD/pyrc3563, MIT; facts only): display status, resistance range,
resistance in 3 bytes little-endian, sign of the voltage, voltage range,
voltage in 3 bytes little-endian. Both numbers are divided by 10 000. The high
half of the status says how the resistance is shown: 5 milliohm, 9 ohm, 6 and A
the same two over the range; the low half belongs to the voltage: 4 or 8.
The tester measures with 1 kHz alternating current.
"""

from dataclasses import dataclass

from instruments.codecs.frame import FrameError

PACKET_LENGTH = 10
_SCALE = 10_000
_MILLIOHM, _MILLIOHM_OVER, _OHM, _OHM_OVER = 0x5, 0x6, 0x9, 0xA
_VOLTAGE_SHOWN = frozenset({0x4, 0x8})
_RANGES = range(1, 7)
_LARGEST = 0xFFFFFF
_HIGHEST_V = 100.0
# Full scale of the resistance ranges 1..6 in milliohm: which code stands for
# which range is not published, so the decoder only checks that it is one.
_FULL_SCALE_MOHM = (20.0, 200.0, 2_000.0, 20_000.0, 200_000.0, 1_677_721.5)


class PacketError(FrameError):
    """Bytes that are no packet of this tester."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """One reading on the tester's display.

    Args:
        resistance_mohm: Milliohm, >= 0; None when over the range or open probes.
        voltage_v: Volts with sign.
    """

    resistance_mohm: float | None
    voltage_v: float


def decode(packet: bytes) -> Packet:
    """The values of one packet.

    Args:
        packet: Exactly 10 bytes.

    Raises:
        PacketError: The length, a range, a status or the sign is not lawful.
    """
    if len(packet) != PACKET_LENGTH:
        raise PacketError(f"a packet has {PACKET_LENGTH} bytes, this has {len(packet)}")
    shown, voltage_shown = packet[0] >> 4, packet[0] & 0x0F
    if shown not in {_MILLIOHM, _MILLIOHM_OVER, _OHM, _OHM_OVER}:
        raise PacketError(f"unknown resistance status {shown:#x}")
    if voltage_shown not in _VOLTAGE_SHOWN:
        raise PacketError(f"unknown voltage status {voltage_shown:#x}")
    if packet[1] not in _RANGES:
        raise PacketError(f"unknown resistance range {packet[1]}")
    if packet[5] > 1:
        raise PacketError(f"unknown sign {packet[5]}")
    volts = int.from_bytes(packet[7:10], "little") / _SCALE
    return Packet(
        resistance_mohm=_resistance(shown, packet[2:5]),
        voltage_v=volts if packet[5] else -volts,
    )


def encode(packet: Packet) -> bytes:
    """The 10 bytes that say these values.

    Raises:
        PacketError: A value lies outside what the tester can show
            (0 to 1 677 721.5 milliohm, 100 V either way).
    """
    if not -_HIGHEST_V <= packet.voltage_v <= _HIGHEST_V:
        raise PacketError(f"{packet.voltage_v} V lies outside 100 V")
    shown, range_code, number = _shown(packet.resistance_mohm)
    volts = round(abs(packet.voltage_v) * _SCALE)
    return bytes(
        [
            shown << 4 | 0x4,
            range_code,
            *number.to_bytes(3, "little"),
            0 if packet.voltage_v < 0 else 1,
            1,
            *volts.to_bytes(3, "little"),
        ]
    )


def decode_log(data: bytes) -> tuple[Packet, ...]:
    """All packets of a file that holds nothing else.

    Raises:
        PacketError: The file is empty, ends inside a packet, or holds
            something else.
    """
    if not data:
        raise PacketError("the file is empty")
    return tuple(
        decode(data[start : start + PACKET_LENGTH])
        for start in range(0, len(data), PACKET_LENGTH)
    )


def _resistance(shown: int, number: bytes) -> float | None:
    if shown in {_MILLIOHM_OVER, _OHM_OVER}:
        return None
    value = int.from_bytes(number, "little") / _SCALE
    return value * 1000.0 if shown == _OHM else value


def _shown(resistance_mohm: float | None) -> tuple[int, int, int]:
    """Status, range code and the three bytes' number for a resistance."""
    if resistance_mohm is None:
        return _OHM_OVER, len(_FULL_SCALE_MOHM), _LARGEST
    if not 0 <= resistance_mohm <= _FULL_SCALE_MOHM[-1]:
        raise PacketError(f"{resistance_mohm} milliohm cannot be shown")
    range_code = 1 + sum(resistance_mohm > top for top in _FULL_SCALE_MOHM[:-1])
    if resistance_mohm * _SCALE <= _LARGEST:
        return _MILLIOHM, range_code, round(resistance_mohm * _SCALE)
    return _OHM, range_code, round(resistance_mohm * _SCALE / 1000)
