"""The inspector's form, the file upload, the verdict, custody, labels."""

import io
import json
import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from battery_registry.web import inspection_form
from battery_registry.wire import deliveries
from battery_registry.wire.inspections import InspectionSchema
from tests.builders import Registry, make_body, make_red_body
from tests.played import Play
from tests.web.visits import Visitor


def upload(visitor: Visitor, content: bytes | str) -> TestResponse:
    raw = content.encode() if isinstance(content, str) else content
    return visitor.client.post(
        "/upload",
        data={
            "csrf_token": visitor.token("/upload"),
            "file": (io.BytesIO(raw), "readings.jsonl"),
        },
        headers={"Accept-Language": visitor.language},
    )


def summary(answer: TestResponse) -> str:
    found = re.search(r"\d+ accepted, \d+ duplicate, \d+ refused", answer.text)
    assert found is not None, answer.text
    return found[0]


def test_the_form_asks_for_every_field_of_the_wire() -> None:
    wired = set(InspectionSchema().fields)
    assert set(inspection_form.FIELDS) | inspection_form.NOT_ASKED == wired
    assert set(inspection_form.FIELDS) & inspection_form.NOT_ASKED == set()


def test_the_form_shows_units_limits_and_instruments(inspector: Visitor) -> None:
    text = inspector.get("/inspect").text
    assert "1 to 5000 mΩ (a cell: 0.1 to 5000)" in text
    assert "EBC-1 (calibrated until" in text
    assert "EBC-OLD (calibration ended" in text
    assert 'value="2026-11-23T12:00"' in text
    assert 'id="cell_voltage_min_v"' in text


def test_a_healthy_pack_is_entered(inspector: Visitor) -> None:
    answer = inspector.enter()
    assert answer.status_code == 303, answer.text
    text = inspector.get(answer.location).text
    assert "<h2>Green</h2>" in text
    assert "No rule fired" in text
    assert "Take it into custody" not in text


def test_a_red_one_names_every_reason_and_is_taken_in(inspector: Visitor) -> None:
    answer = inspector.enter(
        internal_resistance_mohm="500.1", max_output_voltage_v="60.01", leakage="yes"
    )
    text = inspector.get(answer.location).text
    for part in ("<h2>Red</h2>", "2(1)", "3(1)", "3(2)", "500.1", "60.01", ">A2<"):
        assert part in text
    assert "Take it into custody" in text
    taken = inspector.post(f"{answer.location}/custody", form=answer.location)
    assert taken.status_code == 303
    after = inspector.get(taken.location).text
    assert "Kept apart at a site" in after
    assert "Take it into custody" not in after
    # Pressed twice, from a page that was still open.
    again = inspector.post(f"{answer.location}/custody", form="/upload")
    assert again.status_code == 303
    code = re.search(r"/b/([0-9a-z-]{19})", after)
    assert code is not None
    chain = inspector.get(f"/batteries/{code[1]}").text
    assert chain.count("Kept apart at a site") == 1


def test_a_reading_near_its_limit_is_explained_with_its_figures(
    inspector: Visitor,
) -> None:
    answer = inspector.enter(internal_resistance_mohm="480", water_marks="yes")
    text = inspector.get(answer.location).text
    for part in (
        "<h2>Yellow</h2>",
        "GUARD-T1",
        "480 mΩ is in the guard band of the limit 500 mΩ",
        "What the score is made of",
        "± 0.02",
        "judgement, not validated",
    ):
        assert part in text


def test_the_same_form_sent_twice_is_one_inspection(
    inspector: Visitor, regulator: Visitor
) -> None:
    number = "018f0000-0000-7000-8000-000000000001"
    first = inspector.enter(inspection_id=number)
    second = inspector.enter(inspection_id=number)
    assert first.location == second.location == f"/inspections/{number}"
    assert '<td class="number">1</td>' in regulator.get("/figures").text


def test_what_is_wrong_is_named_and_nothing_is_lost(inspector: Visitor) -> None:
    answer = inspector.enter(
        ocv_v="520",
        internal_resistance_mohm="a lot",
        chemistry=None,
        maker="Only Here",
        leakage="perhaps",
    )
    assert answer.status_code == 422
    text = answer.text
    assert "4 things need mending" in text
    for name, detail in (
        ("ocv_v", "must lie from 0 to 120"),
        ("internal_resistance_mohm", "must be a number"),
        ("chemistry", "is missing"),
        ("leakage", "must be true or false"),
    ):
        assert f'href="#{name}"' in text
        assert f'id="{name}-fault">{detail}' in text
    assert 'value="Only Here"' in text
    assert 'value="a lot"' in text


def test_a_fault_in_a_list_is_told_at_its_field(inspector: Visitor) -> None:
    text = inspector.enter(prior_codes="a, b, good-1").text
    told = "is not spelled as expected: 4 to 64 capital letters, digits and hyphens"
    assert f'id="prior_codes-fault">1: {told}; 2: {told}<' in text
    assert 'href="#prior_codes">' in text
    assert "field." not in text


def test_numbers_are_read_as_people_type_them(inspector: Visitor) -> None:
    answer = inspector.enter(
        internal_resistance_mohm=" \uff1500\uff0e\uff11 ", prior_codes=""
    )
    assert "<h2>Red</h2>" in inspector.get(answer.location).text


@pytest.mark.parametrize("number", ["nan", "1e3", "1_0", "--1", "9" * 30])
def test_what_is_no_number_stays_text(number: str) -> None:
    told = inspection_form.as_json({"ocv_v": number}, given={})
    assert told == {"ocv_v": number}


def test_codes_and_times_become_what_the_wire_takes() -> None:
    told = inspection_form.as_json(
        {
            "prior_codes": "ab-12, cd-34  ef-56",
            "pack_code": " v48 20\uff0d7 ",
            "tested_at": "2026-11-23T10:30",
            "cycle_count": "12",
            "bms_fault": "no",
            "model": "   ",
        },
        given={"software_version": "x"},
    )
    assert told == {
        "prior_codes": ["AB-12", "CD-34", "EF-56"],
        "pack_code": "V4820-7",
        "tested_at": "2026-11-23T10:30:00+08:00",
        "cycle_count": 12,
        "bms_fault": False,
        "software_version": "x",
    }
    assert inspection_form.as_json({"tested_at": "noon"}, given={}) == {
        "tested_at": "noon"
    }


def test_a_refusal_of_the_service_is_shown_at_its_field(inspector: Visitor) -> None:
    answer = inspector.enter(instrument_id="NOT-OURS")
    assert answer.status_code == 422
    assert "no instrument NOT-OURS" in answer.text


def test_nobody_enters_in_anothers_name(inspector: Visitor, play: Play) -> None:
    assert play.registry.stations
    answer = inspector.enter(inspector_id="I-0002")
    assert "<h2>Green</h2>" in inspector.get(answer.location).text


def test_another_stations_inspection_is_not_shown(
    app: Flask, registry: Registry, inspector: Visitor
) -> None:
    assert registry.stations
    place = inspector.enter().location
    other = Visitor(app).sign_in("haidian-inspector")
    assert other.get(place).status_code == 404
    assert other.post(f"{place}/custody", form="/upload").status_code == 404


def test_a_later_red_stays_in_force(inspector: Visitor) -> None:
    inspector.enter(pack_code_scheme="maker", pack_code="SAME-1", leakage="yes")
    answer = inspector.enter(
        pack_code_scheme="maker", pack_code="SAME-1", tested_at="2026-11-23T11:40"
    )
    text = inspector.get(answer.location).text
    assert "<h2>Green</h2>" in text
    assert "code in force is another" in text
    assert "Do not give it back" in text


def test_a_file_of_lines_is_taken_line_by_line(inspector: Visitor) -> None:
    good, red = make_body(), make_red_body()
    bad = make_body(ocv_v=1000)
    lines = "\n".join(json.dumps(body) for body in (good, bad, red, good))
    answer = upload(inspector, lines + "\n\n")
    assert answer.status_code == 200
    assert summary(answer) == "2 accepted, 1 duplicate, 1 refused"
    assert "<code>ocv_v</code> must lie from 0 to 120" in answer.text
    assert f"/inspections/{red['inspection_id']}" in answer.text
    again = upload(inspector, lines)
    assert summary(again) == "0 accepted, 3 duplicate, 1 refused"


def test_a_line_that_cannot_be_read_costs_the_others_nothing(
    inspector: Visitor,
) -> None:
    good, red = json.dumps(make_body()), json.dumps(make_red_body())
    answer = upload(inspector, f"{good}\n\n{good[:-9]}\n{red}\n")
    assert answer.status_code == 200
    assert summary(answer) == "2 accepted, 0 duplicate, 1 refused"
    assert "Line 3 cannot be read" in answer.text
    bad = upload(inspector, red.encode() + b'\n{"maker": "\xff"}\n{"a": NaN}')
    assert summary(bad) == "0 accepted, 1 duplicate, 2 refused"
    assert "Line 2 cannot be read" in bad.text
    assert "Line 3 cannot be read" in bad.text


@pytest.mark.parametrize("form", ["object", "list", "batch", "marked"])
def test_a_file_may_have_any_of_these_forms(inspector: Visitor, form: str) -> None:
    body = make_body()
    told: dict[str, Any] = {
        "object": body,
        "list": [body],
        "batch": {"inspections": [body]},
        "marked": body,
    }
    mark = "\ufeff" if form == "marked" else ""
    answer = upload(inspector, mark + json.dumps(told[form], indent=1))
    assert summary(answer) == "1 accepted, 0 duplicate, 0 refused"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "There are no inspections"),
        (b"[]", "There are no inspections"),
        (b"PK\x03\x04\xff\xfe", "cannot be read"),
        (b'{"a": NaN}', "cannot be read"),
        (b"{\n1\n}}", "must be JSON"),
        (json.dumps([1] * (deliveries.MOST + 1)).encode(), "at most 500"),
    ],
)
def test_a_file_that_is_none_is_refused(
    inspector: Visitor, content: bytes, says: str
) -> None:
    answer = upload(inspector, content)
    assert answer.status_code == 422
    assert says in answer.text


def test_things_in_a_file_that_are_no_inspections_are_named(
    inspector: Visitor,
) -> None:
    answer = upload(inspector, '[1, {"inspection_id": 7}]')
    assert summary(answer) == "0 accepted, 0 duplicate, 2 refused"
    assert "must be a JSON object" in answer.text


def test_no_file_at_all_is_said(inspector: Visitor) -> None:
    answer = inspector.post("/upload", form="/upload")
    assert answer.status_code == 422
    assert "There are no inspections" in answer.text


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_a_label_leads_to_its_page(play: Play, inspector: Visitor, form: str) -> None:
    code = play.green()
    answer = inspector.get(f"/labels/{code}.{form}")
    assert answer.status_code == 200
    assert f'filename="{code}.{form}"' in answer.headers["Content-Disposition"]
    if form == "svg":
        assert answer.data.startswith(b"<svg")
        return
    image = (
        Image.open(io.BytesIO(answer.data)).convert("L")
        if form == "png"
        else pypdfium2.PdfDocument(answer.data)[0].render(scale=3).to_pil()
    )
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == f"http://registry.test/b/{code}"


def test_a_label_that_never_was_is_refused(play: Play, inspector: Visitor) -> None:
    code = play.green()
    assert inspector.get(f"/labels/{code}.exe").status_code == 404
    unknown = "0000-0000-0000-0000"
    assert inspector.get(f"/labels/{unknown}.pdf").status_code == 422
