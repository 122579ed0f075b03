"""What the quality of a station's readings is told from."""

import uuid
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from battery_registry.domain.roles import Role
from tests.api.quality_asked import QUALITY, ask
from tests.builders import NOW, make_body
from tests.conftest import Clock
from tests.played import Play


def test_doubtful_readings_are_told_kept_and_counted(play: Play) -> None:
    (receipt, _) = play.hand_in(make_body(discharge_capacity_ah=24.0), make_body())
    verdict = receipt["verdict"]
    assert verdict["code"] == "green"
    assert [one["id"] for one in verdict["findings"]] == ["CAPACITY-HIGH"]
    assert verdict["notes"][-1] == "CAPACITY-HIGH"
    again = play.get(f"/api/v1/inspections/{receipt['inspection_id']}").get_json()
    assert again == receipt
    found = {one["id"]: one for one in ask(play)["findings"]}
    assert found["CAPACITY-HIGH"]["inspections"] == 1
    assert "115 %" in found["CAPACITY-HIGH"]["text"]["zh"]
    assert sum(one["inspections"] for one in found.values()) == 1
    elsewhere = ask(play, station="HD-01")["findings"]
    assert sum(one["inspections"] for one in elsewhere) == 0


def test_one_recording_of_two_packs_is_proof(play: Play) -> None:
    copied, own, twice = "ab" * 32, "cd" * 32, "ef" * 32
    play.hand_in(
        make_body(recording_sha256=copied, pack_code="COPY-0001"),
        make_body(recording_sha256=own),
        make_body(recording_sha256=twice, pack_code="TWICE-01"),
        make_body(recording_sha256=twice, pack_code="TWICE-01"),
    )
    play.hand_in(make_body(recording_sha256=copied), key="HD-01")
    for station in ("XC-01", "HD-01"):
        shared = ask(play, station=station)["copies"]["shared_recordings"]
        assert {one["recording_sha256"] for one in shared} == {copied}
        assert {one["station"] for one in shared} == {"XC-01", "HD-01"}
        assert len({one["battery"] for one in shared}) == 2


def test_equal_readings_are_a_hint(play: Play) -> None:
    made = [
        make_body(
            discharge_capacity_ah=17.0 + number * 0.0137,
            internal_resistance_mohm=120.1 + number * 0.37,
        )
        for number in range(20)
    ]
    copied = [make_body(discharge_capacity_ah=17.853) for _ in range(5)]
    play.hand_in(*made, *copied)
    copies = ask(play)["copies"]
    assert (copies["readings"], copies["repeated"], copies["equal_pairs"]) == (
        25,
        5,
        10,
    )
    assert copies["pair_share"] == pytest.approx(10 / 300)
    assert copies["flagged"] is True
    assert copies["equal_readings"] == [
        {
            "discharge_capacity_ah": 17.853,
            "internal_resistance_mohm": 120.0,
            "max_output_voltage_v": 54.6,
            "packs": 5,
        }
    ]


def test_coarse_readings_are_equal_by_chance(play: Play) -> None:
    play.hand_in(*(make_body() for _ in range(6)))
    copies = ask(play)["copies"]
    assert (copies["repeated"], copies["equal_pairs"]) == (6, 15)
    assert copies["flagged"] is False


def digits(told: Any, quantity: str) -> Any:
    return next(one for one in told["last_digits"] if one["quantity"] == quantity)


def test_rounded_digits_are_found_and_honest_ones_are_not(play: Play) -> None:
    rng = Random(5)  # noqa: S311 - readings, no secret
    honest = [round(rng.gauss(17.0, 1.5), 2) for _ in range(300)]
    rounded = [
        round(rng.gauss(120, 20) * 2) / 2
        if rng.random() < 0.3
        else round(rng.gauss(120, 20), 1)
        for _ in range(300)
    ]
    play.hand_in(
        *(
            make_body(discharge_capacity_ah=ah, internal_resistance_mohm=mohm)
            for ah, mohm in zip(honest, rounded, strict=True)
        )
    )
    told = ask(play)
    capacity, resistance = digits(told, "capacity_ah"), digits(told, "resistance_mohm")
    by_hand = [0] * 10
    for ah in honest:
        by_hand[round(ah * 100) % 10] += 1
    assert capacity["counts"] == by_hand
    assert capacity["flagged"] is False
    assert resistance["readings"] == 300
    assert resistance["flagged"] is True
    assert resistance["effect"] > 0.1
    assert resistance["p"] < 1e-4


def test_readings_that_hardly_differ_have_no_even_digits(play: Play) -> None:
    play.hand_in(*(make_body(discharge_capacity_ah=19.01) for _ in range(3)))
    assert digits(ask(play), "capacity_ah")["readings"] == 0


def test_the_rate_of_red_packs_counts_each_pack_once(play: Play) -> None:
    for _ in range(2):
        play.hand_in(
            make_body(internal_resistance_mohm=501.0, pack_code="RED-0001"),
            make_body(pack_code="GREEN-01", production_date="2026-01-01"),
            make_body(instrument_id="EBC-OLD", pack_code="VOID-001"),
        )
    told = ask(play)
    assert (told["red_rate"]["packs"], told["red_rate"]["red"]) == (2, 1)
    assert told["red_rate"]["expected_red"] == pytest.approx(1.0)
    assert told["red_rate"]["flag"] is None
    assert told["city"] == {
        "rate": 0.5,
        "correlation": 0.005,
        "correlation_is_estimated": False,
    }
    assert ask(play, station="HD-01")["red_rate"] is None


def test_a_station_that_finds_far_too_many_stands_out(play: Play) -> None:
    play.hand_in(*(make_body(internal_resistance_mohm=501.0) for _ in range(30)))
    play.hand_in(*(make_body() for _ in range(300)), key="HD-01")
    rate = ask(play)["red_rate"]
    assert rate["rate"] == 1.0
    assert rate["flag"] == "high-99.8"
    assert rate["limits_99_8"]["high"] < 1.0


def test_only_inspections_of_the_period_count(play: Play, clock: Clock) -> None:
    play.hand_in(make_body(discharge_capacity_ah=24.0))
    assert ask(play, since="2026-11-24", until="2026-11-30")["red_rate"] is None
    assert ask(play, since="2026-11-23")["red_rate"]["packs"] == 1
    assert ask(play, until="2026-11-22")["red_rate"] is None
    assert ask(play, until="2026-11-23")["red_rate"]["packs"] == 1
    clock.now = NOW + timedelta(days=366)
    told = ask(play)
    assert told["red_rate"] is None
    assert sum(one["inspections"] for one in told["findings"]) == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-13-01"}, "since"),
        ({"since": "2026-11-23", "until": "2026-11-22"}, "since"),
        ({"until": "0001-01-05"}, "until"),
        ({"weather": "fine"}, "weather"),
    ],
)
def test_a_bad_period_is_named(play: Play, query: dict[str, str], field: str) -> None:
    answer = play.get(QUALITY, **query)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_each_sees_the_own_part(play: Play) -> None:
    haidian = play.add_district_regulator()
    play.add_key(
        "second", organisation="xicheng-checks", role=Role.INSPECTOR, at="HD-01"
    )
    for key, station, status in (
        ("regulator", "XC-01", 200),
        ("auditor", "XC-01", 200),
        ("XC-01", "XC-01", 200),
        # Its organisation's station counts, not where the key is bound to.
        ("second", "XC-01", 200),
        ("second", "HD-01", 404),
        (haidian, "XC-01", 404),
        (haidian, "HD-01", 200),
        ("HD-01", "XC-01", 404),
        ("dealer", "XC-01", 403),
        ("greencell", "XC-01", 403),
        ("admin", str(uuid.uuid4()), 404),
    ):
        address = f"/api/v1/stations/{station}/quality"
        assert play.get(address, key).status_code == status, (key, station)
