import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.codecs.rc3563 import (
    PACKET_LENGTH,
    Packet,
    PacketError,
    decode,
    decode_log,
    encode,
)
from instruments.drivers.simulated_rc3563 import make_packets
from tests.instruments.simulated_packs import make_pack

# 119.5 milliohm and 41.2345 V, written out by hand from the published layout
BY_HAND = bytes([0x54, 0x02, 0xF8, 0x3B, 0x12, 0x01, 0x01, 0xB9, 0x4A, 0x06])


def test_a_packet_is_decoded_as_published() -> None:
    assert decode(BY_HAND) == Packet(resistance_mohm=119.5, voltage_v=41.2345)


def test_ohms_swapped_probes_and_over_range_are_understood() -> None:
    ohms = bytes([0x98, 4, *(15_000).to_bytes(3, "little"), 0, 1, 16, 39, 0])

    assert decode(ohms) == Packet(resistance_mohm=1500.0, voltage_v=-1.0)
    for status in (0x64, 0xA4):
        assert decode(bytes([status]) + BY_HAND[1:]).resistance_mohm is None


@given(
    st.one_of(st.none(), st.floats(0, 1_677_000)),
    st.floats(-100, 100),
)
def test_what_is_encoded_is_decoded(resistance: float | None, volts: float) -> None:
    packet = Packet(resistance_mohm=resistance, voltage_v=volts)

    back = decode(encode(packet))

    assert len(encode(packet)) == PACKET_LENGTH
    assert back.voltage_v == pytest.approx(volts, abs=0.5e-4)
    if resistance is None:
        assert back.resistance_mohm is None
    else:
        # below 1677 milliohm the step is 0.1 microohm, above it 0.1 milliohm
        step = 0.5e-4 if resistance <= 1677 else 0.5e-1
        assert back.resistance_mohm == pytest.approx(resistance, abs=step * 1.001)
    assert decode(encode(back)) == back


@given(st.binary(max_size=25))
def test_any_bytes_are_values_or_a_packet_error(data: bytes) -> None:
    try:
        packets = decode_log(data)
    except PacketError:
        return
    assert len(packets) * PACKET_LENGTH == len(data)


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (0, 0x14, "resistance status"),
        (0, 0x51, "voltage status"),
        (1, 0, "range 0"),
        (1, 7, "range 7"),
        (5, 2, "sign 2"),
    ],
)
def test_a_packet_with_an_unknown_byte_is_refused(
    at: int, value: int, message: str
) -> None:
    packet = bytearray(BY_HAND)
    packet[at] = value

    with pytest.raises(PacketError, match=message):
        decode(bytes(packet))


def test_a_log_that_ends_inside_a_packet_is_refused() -> None:
    with pytest.raises(PacketError, match="this has 9"):
        decode_log(BY_HAND + BY_HAND[:9])
    with pytest.raises(PacketError, match="empty"):
        decode_log(b"")


@pytest.mark.parametrize(
    ("resistance", "volts"), [(-1, 1), (1.7e6, 1), (1, 100.1), (1, float("nan"))]
)
def test_what_the_tester_cannot_show_is_not_encoded(
    resistance: float, volts: float
) -> None:
    with pytest.raises(PacketError):
        encode(Packet(resistance_mohm=resistance, voltage_v=volts))


@pytest.mark.parametrize("resistance", [55.0, 180.0, 650.0, 2100.0])
def test_the_simulated_tester_shows_the_packs_resistance(resistance: float) -> None:
    # 1 Ah draws so little that even 2.1 ohm leave it above its cut-off
    pack = make_pack(resistance_mohm=resistance, rated_ah=1, capacity_ah=1)

    packets = decode_log(make_packets(pack, seed=1))

    assert len(packets) == 5
    for packet in packets:
        assert packet.resistance_mohm == pytest.approx(resistance, rel=0.005)
        assert packet.voltage_v == pytest.approx(pack.full_v, abs=0.01)
    assert make_packets(pack, seed=1) == make_packets(pack, seed=1)
    assert make_packets(pack, seed=2) != make_packets(pack, seed=1)
