import pytest

from tests.played import Play


def test_anybody_reads_the_public_passport(play: Play) -> None:
    code = play.green(label_charge_limit_voltage_v=54.6, cycle_count=120)
    told = play.get(f"/api/v1/batteries/{code}/passport", None)
    assert told.status_code == 200, told.text
    body = told.get_json()
    assert (body["code"], body["tier"]) == (code, "public")
    assert "batteryCondition" not in told.text.partition('"missing"')[0]
    technical = body["aspects"]["performanceAndDurability"]["batteryTechicalProperties"]
    assert technical == {
        "ratedCapacity": 20.0,
        "nominalVoltage": 48.0,
        "maximumVoltage": 54.6,
    }
    general = body["aspects"]["generalProductInformation"]
    assert general["productIdentifier"] == f"http://registry.test/b/{code}"
    assert "manufacturerInformation" not in general
    assert body["maker"] == "Volta"


def test_a_role_with_an_interest_reads_the_condition(play: Play) -> None:
    code = play.green(cycle_count=120, soc_pct=97.0, drop_marks=True)
    told = play.get(f"/api/v1/batteries/{code}/passport", "greencell").get_json()
    assert told["tier"] == "legitimate_interest"
    condition = told["aspects"]["performanceAndDurability"]["batteryCondition"]
    assert condition["numberOfFullCycles"]["numberOfFullCyclesValue"] == 120
    assert condition["capacityFade"]["capacityFadeValue"] == pytest.approx(5.0)
    assert condition["negativeEvents"][0]["negativeEvent"] == "drop_marks"
    assert not any(told["withheld"].values())


def test_a_capacity_that_was_only_estimated_is_not_told(play: Play) -> None:
    code = play.green(capacity_method="partial_estimate", deformation="slight")
    told = play.get(f"/api/v1/batteries/{code}/passport", "auditor").get_json()
    condition = told["aspects"]["performanceAndDurability"]["batteryCondition"]
    assert not {"capacityFade", "remainingCapacity"} & set(condition)
    assert condition["negativeEvents"][0]["negativeEvent"] == "deformation"


@pytest.mark.parametrize("key", ["dealer", "haidian-regulator"])
def test_who_has_no_interest_reads_the_public_one(play: Play, key: str) -> None:
    play.add_district_regulator()
    code = play.green(key="XC-01")
    told = play.get(f"/api/v1/batteries/{code}/passport", key)
    assert told.get_json()["tier"] == "public"


def test_a_key_that_nobody_knows_is_a_mistake(play: Play) -> None:
    code = play.green()
    told = play.client.get(
        f"/api/v1/batteries/{code}/passport",
        headers={"Authorization": "Bearer br_live_nobody"},
    )
    assert told.status_code == 401


def test_a_destroyed_battery_has_no_passport_any_more(play: Play) -> None:
    code = play.red()
    assert play.get(f"/api/v1/batteries/{code}/passport", None).status_code == 200
    play.walk(code, until="destroyed")
    told = play.get(f"/api/v1/batteries/{code}/passport", "admin")
    assert told.status_code == 410
    assert told.get_json()["code"] == "passport_ceased"


def test_an_unknown_code_has_none(play: Play) -> None:
    play.green()
    told = play.get("/api/v1/batteries/0000-0000-0000-0000/passport", None)
    assert told.status_code == 404
    assert told.get_json()["code"] == "battery_unknown"


def test_a_passport_names_no_person_and_no_serial(play: Play) -> None:
    code = play.green(pack_code="SECRET-77", owner_name="王小明", plate="京A12345")
    for key in (None, "admin"):
        told = play.get(f"/api/v1/batteries/{code}/passport", key).text
        assert not any(word in told for word in ("SECRET", "王小明", "12345"))
