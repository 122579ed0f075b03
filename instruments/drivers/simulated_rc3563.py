"""A simulated RC3563 resistance tester on a simulated, fully charged pack."""

from random import Random

from instruments.codecs.rc3563 import Packet, encode
from instruments.drivers.pack_model import SimulatedPack

_PACKETS = 5
_NOISE_SHARE = 0.0005
_NOISE_V = 0.001


def make_packets(pack: SimulatedPack, *, seed: int) -> bytes:
    """Five 10-byte packets, as the tester repeats its display.

    The pack's one ohmic resistance is what 1 kHz sees; the voltage is that of
    the rested, full pack.

    Args:
        pack: The pack between the probes.
        seed: The same seed and pack give the same bytes.
    """
    random = Random(f"{seed} {pack.name} rc3563")  # noqa: S311 - noise of a simulation
    return b"".join(_packet(pack, random) for _ in range(_PACKETS))


def _packet(pack: SimulatedPack, random: Random) -> bytes:
    share = 1.0 + random.gauss(0.0, _NOISE_SHARE)
    return encode(
        Packet(
            resistance_mohm=pack.resistance_mohm * share,
            voltage_v=min(100.0, pack.full_v + random.gauss(0.0, _NOISE_V)),
        )
    )
