import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.codecs.zketech import (
    EBC_B20H,
    EbcFrame,
    EbcMode,
    EbcState,
    FrameError,
    check_byte,
    decode,
    encode,
    make_frame,
)
from instruments.codecs.zketech_command import (
    EbcCommand,
    decode_command,
    encode_command,
)
from tests.instruments.conftest import Sample

EBC_A20 = 0x09
DIGIT = st.integers(0, 239)
WORD = st.integers(0, 240 * 240 - 1)


@pytest.fixture(scope="module")
def raw_log(sample: Sample) -> list[bytes]:
    path = sample("zketech_ebc", "ebc_b20h_discharge_log.txt")
    lines = path.read_text().splitlines()
    return [bytes(map(int, line.split())) for line in lines]


def test_real_log_decodes_whole_and_encodes_back(raw_log: list[bytes]) -> None:
    frames = [decode(data) for data in raw_log]
    assert len(frames) == 257
    assert [encode(frame) for frame in frames] == raw_log
    steady = [
        f for f in frames if f.state is EbcState.ACTIVE and not f.is_firmware_report
    ]
    assert len(steady) == 251
    assert {f.current_a for f in steady} == {0.5}
    assert {f.set_current_a for f in steady} == {0.5}
    assert {f.cutoff_v for f in steady} == {30.0}
    assert {f.time_limit_min for f in steady} == {0}
    assert (min(f.voltage_v for f in steady), max(f.voltage_v for f in steady)) == (
        39.4,
        39.54,
    )
    assert max(f.capacity_ah for f in frames) == 0.071
    assert {f.device_type for f in frames} == {EBC_B20H}


def test_firmware_reports_measure_but_have_no_settings(raw_log: list[bytes]) -> None:
    reports = [f for f in map(decode, raw_log) if f.is_firmware_report]
    assert len(reports) == 5
    assert {f.mode for f in reports} == {EbcMode.DISCHARGE_CURRENT}
    assert {f.state for f in reports} == {EbcState.ACTIVE}
    assert {(f.set_current_a, f.cutoff_v, f.time_limit_min) for f in reports} == {
        (None, None, None)
    }
    assert reports[0].set_raw == 306  # firmware 3.0.6


@pytest.mark.parametrize(
    ("high", "low", "volts"),
    [
        (67, 160, 16.24),
        (97, 70, 23.35),
        (105, 180, 25.38),
        (149, 0, 29.92),
        (155, 0, 44.32),
    ],
)
def test_voltages_of_the_public_driver(high: int, low: int, volts: float) -> None:
    frame = EbcFrame(
        state_byte=0, current_raw=0, voltage_raw=high * 240 + low, capacity_raw=0
    )
    assert frame.voltage_v == pytest.approx(volts)


def test_a20_frames(sample: Sample) -> None:
    path = sample("zketech_ebc", "ebc_a20_frames.json")
    document = json.loads(path.read_text())
    for entry in document["out"]:
        raw = bytes.fromhex(entry["hex"])
        if entry["checksum_ok"]:
            assert encode_command(decode_command(raw)) == raw
        else:
            with pytest.raises(FrameError, match="check byte"):
                decode_command(raw)
    (report,) = document["in"]
    frame = decode(bytes.fromhex(report["hex"]))
    assert frame.mode is EbcMode.DISCHARGE_POWER
    assert frame.state is EbcState.IDLE
    assert frame.voltage_v == report["voltage_V"]
    assert frame.capacity_ah == 0.009
    assert frame.cutoff_v == 3.3
    assert frame.set_current_a is None


def test_start_command_words() -> None:
    command = decode_command(bytes.fromhex("fa070014015a000048f8"))
    assert command == EbcCommand(code=0x07, words=(20, 330, 0))


def test_check_byte_is_modulo_240() -> None:
    assert check_byte(bytes([0xEF, 0x1F])) == 0xF0 % 240 == 0


@given(st.binary(max_size=40))
def test_any_bytes_give_a_frame_or_a_frame_error(data: bytes) -> None:
    for decoder, encoder in ((decode, encode), (decode_command, encode_command)):
        try:
            value = decoder(data)
        except FrameError:
            continue
        assert encoder(value) == data  # type: ignore[arg-type]  # pairs belong together


@given(st.binary(min_size=16, max_size=16), st.integers(0, 255))
def test_any_framed_bytes_give_a_frame_or_a_frame_error(
    payload: bytes, noise: int
) -> None:
    data = bytes([0xFA, *payload, check_byte(payload) ^ (noise == 0), 0xF8])
    try:
        frame = decode(data)
    except FrameError:
        return
    assert encode(frame) == data
    assert frame.voltage_v >= 0
    assert frame.mode in EbcMode
    assert frame.state in EbcState


@given(
    st.builds(
        EbcFrame,
        state_byte=DIGIT,
        current_raw=WORD,
        voltage_raw=WORD,
        capacity_raw=WORD,
        spare_raw=WORD,
        set_raw=WORD,
        cutoff_raw=WORD,
        limit_raw=WORD,
        device_type=DIGIT,
    )
)
def test_encode_then_decode_is_the_same_frame(frame: EbcFrame) -> None:
    assert decode(encode(frame)) == frame


@given(
    state=st.sampled_from([EbcState.IDLE, EbcState.ACTIVE, EbcState.ENDED]),
    volts=st.floats(0, 84),
    amps=st.floats(0, 20),
    amp_hours=st.floats(0, 60),
)
def test_made_frames_hold_their_values(
    state: EbcState, volts: float, amps: float, amp_hours: float
) -> None:
    frame = make_frame(
        state=state,
        mode=EbcMode.CHARGE,
        voltage_v=volts,
        current_a=amps,
        capacity_ah=amp_hours,
        cutoff_v=30.0,
    )
    assert (frame.state, frame.mode) == (state, EbcMode.CHARGE)
    assert frame.voltage_v == pytest.approx(volts, abs=0.0056)
    assert frame.current_a == pytest.approx(amps, abs=0.0056)
    assert frame.capacity_ah == pytest.approx(amp_hours, abs=0.0056)
    assert frame.cutoff_v == 30.0


@pytest.mark.parametrize(
    ("mode", "device", "state_byte"),
    [
        (EbcMode.DISCHARGE_CURRENT, EBC_B20H, 10),
        (EbcMode.CHARGE, EBC_B20H, 11),
        (EbcMode.DISCHARGE_CURRENT, EBC_A20, 10),
        (EbcMode.DISCHARGE_POWER, EBC_A20, 11),
        (EbcMode.CHARGE, EBC_A20, 12),
    ],
)
def test_mode_digit_depends_on_the_model(
    mode: EbcMode, device: int, state_byte: int
) -> None:
    frame = make_frame(
        state=EbcState.ACTIVE, mode=mode, voltage_v=40.0, device_type=device
    )
    assert frame.state_byte == state_byte
    assert frame.mode is mode


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (EbcMode.DISCHARGE_POWER, EbcState.ACTIVE),
        (EbcMode.UNKNOWN, EbcState.ACTIVE),
        (EbcMode.CHARGE, EbcState.UNKNOWN),
    ],
)
def test_frames_the_tester_does_not_have(mode: EbcMode, state: EbcState) -> None:
    with pytest.raises(FrameError, match="no report for"):
        make_frame(state=state, mode=mode, voltage_v=40.0)


def test_unknown_state_and_mode_are_named_so() -> None:
    frame = EbcFrame(state_byte=235, current_raw=0, voltage_raw=0, capacity_raw=0)
    assert frame.state is EbcState.UNKNOWN
    assert frame.mode is EbcMode.UNKNOWN


def test_values_off_the_wire_are_refused() -> None:
    with pytest.raises(FrameError, match="0 to 239"):
        EbcFrame(state_byte=240, current_raw=0, voltage_raw=0, capacity_raw=0)
    with pytest.raises(FrameError, match="does not fit"):
        make_frame(
            state=EbcState.IDLE, mode=EbcMode.CHARGE, voltage_v=40.0, current_a=-1.0
        )
    with pytest.raises(FrameError, match="0 to 239"):
        EbcCommand(code=250)
    with pytest.raises(FrameError, match="does not fit"):
        EbcCommand(code=1, words=(60000, 0, 0))
    payload = bytes([0, 0, 245, *[0] * 13])
    with pytest.raises(FrameError, match="digit is above 239"):
        decode(bytes([0xFA, *payload, check_byte(payload), 0xF8]))
