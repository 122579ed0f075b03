"""What makers declare: kept by version, checked, and told in passports."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from battery_registry.conformance.battery_pass import read_schemas, whole_faults
from battery_registry.conformance.battery_pass_declared import part_of, read_content
from battery_registry.domain.canonical import canonical_sha256
from battery_registry.domain.passport_attributes import Aspect
from battery_registry.store.tables.cases import ledger_leaf
from tests.played import Play

URL = "/api/v1/passports/declarations"
MODEL = {"maker": "Volta", "model": "V48-20"}
TECHNICAL = "batteryTechicalProperties"
PERFORMANCE = Aspect.PERFORMANCE.value
CIRCULARITY = Aspect.CIRCULARITY.value
REPORT = "https://maker.example/report.pdf"
LABELING = {"declarationOfConformity": REPORT, "resultOfTestReport": REPORT}


def declare(play: Play, key: str = "regulator", **told: Any) -> Any:
    body = {"source": "Data sheet 7 of 2026-10-01", **told}
    return play.client.put(URL, json=body, headers=play.registry.headers(key))


def passport(play: Play, code: str, key: str | None = "auditor") -> Any:
    answer = play.get(f"/api/v1/batteries/{code}/passport", key)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def leaves(play: Play) -> list[Any]:
    of_kind = ledger_leaf.c.kind == "declaration"
    with play.registry.runtime.database.reading() as session:
        return list(session.execute(select(ledger_leaf).where(of_kind)))


def test_every_aspect_is_whole_once_its_maker_declared_it(
    play: Play, shared_data: Path
) -> None:
    code = play.green(drop_marks=True)
    folder = shared_data / "conformance"
    for aspect, content in read_content(folder).items():
        for is_own, subject in ((False, MODEL), (True, {"code": code})):
            part = part_of(content, aspect=aspect, is_own=is_own)
            if part:
                answer = declare(play, aspect=aspect.value, content=part, **subject)
                assert answer.status_code == 201, answer.text
    told, public = passport(play, code), passport(play, code, None)
    for aspect, schema in read_schemas(folder).items():
        assert whole_faults(schema, told["aspects"][aspect]) == [], aspect
        # The law keeps something of every aspect from the public.
        assert public["withheld"][aspect] != []
        assert all(
            "is a required property" in fault
            for fault in whole_faults(schema, public["aspects"][aspect])
        )
    assert set(told["complete"].values()) == {True}
    assert set(public["complete"].values()) == {False}
    assert not any(public["missing"].values())


def test_ours_stands_over_the_batterys_and_that_over_the_models(play: Play) -> None:
    code, other = play.green(), play.green()
    for subject, values in (
        ({"maker": "VOLTA", "model": "v48 20"}, (11.0, 40.0, 1.0)),
        ({"code": code}, (12.0, 41.0, None)),
    ):
        capacity, minimum, power = values
        content = {"ratedCapacity": capacity, "minimumVoltage": minimum}
        if power is not None:
            content["ratedMaximumPower"] = power
        answer = declare(
            play, aspect=PERFORMANCE, content={TECHNICAL: content}, **subject
        )
        assert answer.status_code == 201, answer.text
    told = passport(play, code, None)
    technical = told["aspects"][PERFORMANCE][TECHNICAL]
    assert technical == {
        "ratedCapacity": 20.0,
        "nominalVoltage": 48.0,
        "minimumVoltage": 41.0,
        "ratedMaximumPower": 1.0,
    }
    sources = told["sources"][PERFORMANCE]
    assert sources == {
        f"/{TECHNICAL}/ratedCapacity": "registry",
        f"/{TECHNICAL}/nominalVoltage": "registry",
        f"/{TECHNICAL}/minimumVoltage": "declared",
        f"/{TECHNICAL}/ratedMaximumPower": "declared",
    }
    siblings = passport(play, other, None)["aspects"][PERFORMANCE][TECHNICAL]
    assert siblings["minimumVoltage"] == 40.0


def test_the_public_reads_nothing_that_is_reserved_though_declared(play: Play) -> None:
    code = play.green()
    assert (
        declare(play, aspect="labeling", content=LABELING, **MODEL).status_code == 201
    )
    public, told = passport(play, code, None), passport(play, code)
    assert public["aspects"]["labeling"] == {"declarationOfConformity": REPORT}
    assert public["withheld"]["labeling"] == ["/resultOfTestReport"]
    assert public["sources"]["labeling"] == {"/declarationOfConformity": "declared"}
    assert told["aspects"]["labeling"] == LABELING
    assert told["complete"]["labeling"] is False


def test_a_newer_declaration_replaces_and_the_older_is_kept(play: Play) -> None:
    code = play.green()
    for number, content in ((1, {"renewableContent": 5}), (2, {})):
        answer = declare(play, aspect=CIRCULARITY, content=content, **MODEL)
        assert (answer.status_code, answer.get_json()["version"]) == (201, number)
        again = declare(play, aspect=CIRCULARITY, content=content, **MODEL)
        assert (again.status_code, again.get_json()) == (200, answer.get_json())
    assert "/renewableContent" in passport(play, code)["missing"][CIRCULARITY]
    listed = play.get(URL, "auditor", maker="volta").get_json()["items"]
    assert {(one["version"], one["in_force"]) for one in listed} == {
        (1, False),
        (2, True),
    }
    assert all(one["maker"] == "Volta" and one["code"] is None for one in listed)
    assert play.get(URL, "auditor", maker="Amper").get_json()["items"] == []
    assert leaves(play) == []


def test_what_is_declared_of_a_battery_is_sealed(play: Play) -> None:
    code = play.green()
    own = {"batteryMass": 4.5, "manufacturingDate": "2025-06-17T11:14:27+02:00"}
    answer = declare(
        play, "admin", aspect="generalProductInformation", content=own, code=code
    )
    made = answer.get_json()
    (leaf,) = leaves(play)
    assert str(leaf.subject_id) == made["declaration_id"]
    sealed = {
        name: made[name]
        for name in (
            *("declaration_id", "aspect", "version", "content", "source"),
            "declared_by",
        )
    }
    assert leaf.content_sha256 == canonical_sha256(sealed)
    (listed,) = play.get(URL, "admin", code=code).get_json()["items"]
    assert listed == made
    assert (listed["code"], listed["maker"]) == (code, None)
    assert play.get(URL, "admin").get_json()["items"] == []


def test_a_list_is_paged(play: Play) -> None:
    for number in range(23):
        told = {"maker": "Volta", "model": f"V{number}", "aspect": CIRCULARITY}
        declare(play, content={"renewableContent": number}, **told)
    first = play.get(URL, maker="Volta").get_json()
    rest = play.get(URL, maker="Volta", cursor=first["next_cursor"]).get_json()
    models = [one["model"] for one in (*first["items"], *rest["items"])]
    assert len(models) == len(set(models)) == 23
    assert rest["next_cursor"] is None


COMPANY = {
    "contactName": "Volta",
    "identifier": "91110000",
    "postalAddress": {
        "addressCountry": "China",
        "postalCode": "100032",
        "streetAddress": "1 Street",
    },
}


@pytest.mark.parametrize(
    ("aspect", "content", "field"),
    [
        ("carbonFootprint", {}, "aspect"),
        ("circularity", [], "content"),
        ("circularity", {"owner": "x"}, "content.owner"),
        ("circularity", {"renewableContent": 1e38}, "content.renewableContent"),
        ("circularity", {"renewableContent": "5"}, "content.renewableContent"),
        ("labeling", {"labels": [{}]}, "content.labels.0.labelingMeaning"),
        (
            "labeling",
            {"declarationOfConformity": "telnet://192.0.2.16:80/"},
            "content.declarationOfConformity",
        ),
        (
            "labeling",
            {"declarationOfConformity": "javascript:alert(1)"},
            "content.declarationOfConformity",
        ),
        (
            "generalProductInformation",
            {"manufacturerInformation": {**COMPANY, "emailAddress": "a@b.cn"}},
            "content.manufacturerInformation.emailAddress",
        ),
        (
            "generalProductInformation",
            {"puttingIntoService": "2025-06-17T11:14:27+02:00"},
            "content.puttingIntoService",
        ),
        (
            "performanceAndDurability",
            {TECHNICAL: {"powerFade": 3}},
            f"content.{TECHNICAL}.powerFade",
        ),
        (
            "performanceAndDurability",
            {"batteryCondition": {"stateOfCharge": {"stateOfChargeValue": 3}}},
            "content.batteryCondition.stateOfCharge.lastUpdate",
        ),
        (
            "circularity",
            {
                "safetyMeasures": {
                    "safetyInstructions": REPORT,
                    "extinguishingAgent": ["sand"] * 51,
                }
            },
            "content.safetyMeasures.extinguishingAgent",
        ),
    ],
)
def test_what_cannot_be_declared_is_named(
    play: Play, aspect: str, content: Any, field: str
) -> None:
    answer = declare(play, aspect=aspect, content=content, **MODEL)
    assert answer.status_code == 422, answer.text
    assert field in {one["field"] for one in answer.get_json()["errors"]}
    assert play.get(URL).get_json()["items"] == []


def test_too_much_is_refused(play: Play) -> None:
    meaning = {f"x{a}{b}": "y" * 500 for a in "abcde" for b in "abcdef"}
    symbol = {"labelingSymbol": REPORT, "labelingSubject": "HazardousMaterial"}
    content = {"labels": [{**symbol, "labelingMeaning": meaning}] * 5}
    answer = declare(play, aspect="labeling", content=content, **MODEL)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "content"


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        ({}, 422),
        ({"maker": "Volta"}, 422),
        ({"model": "V48-20"}, 422),
        ({**MODEL, "code": "0000-0000-0000-0000"}, 422),
        ({"maker": "Volta", "code": "0000-0000-0000-0000"}, 422),
        ({"code": "0000-0000-0000-0000"}, 404),
    ],
)
def test_a_declaration_is_of_one_thing(
    play: Play, subject: dict[str, str], status: int
) -> None:
    answer = declare(play, aspect="labeling", content=LABELING, **subject)
    assert answer.status_code == status, answer.text
    assert answer.get_json()["code"].startswith("declaration_")


@pytest.mark.parametrize("key", ["XC-01", "greencell", "dealer", "auditor"])
def test_only_a_regulator_or_the_operator_declares(play: Play, key: str) -> None:
    answer = declare(play, key, aspect="labeling", content=LABELING, **MODEL)
    assert answer.status_code == 403
