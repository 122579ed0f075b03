"""The wizard behind the API: the same file, the same rows, the same words."""

import gzip
import io
import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from battery_registry.api import imports
from battery_registry.wire.importing import run
from tests.builders import make_body
from tests.played import Play
from tests.wire.made_workbooks import workbook


def lines(*bodies: Any) -> bytes:
    return "".join(json.dumps(body) + "\n" for body in bodies).encode()


def post(play: Play, content: bytes, key: str = "XC-01", **asked: Any) -> TestResponse:
    return play.client.post(
        "/api/v1/imports",
        data=content,
        query_string=asked,
        headers=play.registry.headers(key),
    )


def test_a_file_is_tried_out_and_then_taken_in(play: Play) -> None:
    file = lines(make_body(), make_body(ocv_v=500), make_body())
    for dry in ("true", "false"):
        told = post(play, file, dry_run=dry).get_json()
        counts = (told["accepted"], told["duplicate"], told["refused"])
        assert (told["dry_run"], counts) == (dry == "true", (2, 0, 1))
        assert told["is_complete"] is True
        assert (told["kind"], told["encoding"]) == ("jsonl", "utf-8-sig")
        (failed,) = told["failed"]
        assert (failed["row"], failed["faults"][0]["field"]) == (2, "ocv_v")
        assert json.loads(told["failed_file"])["_field"] == "ocv_v"
    assert post(play, file).get_json()["duplicate"] == 2


def test_a_form_and_a_packed_body_are_taken(play: Play) -> None:
    content = b"inspection_id,x\n"
    form = {"file": (io.BytesIO(content), "day.csv")}
    headers = play.registry.headers()
    told = play.client.post("/api/v1/imports", data=form, headers=headers)
    assert told.get_json()["code"] == "import_columns"
    packed = play.client.post(
        "/api/v1/imports",
        data=gzip.compress(lines(make_body())),
        headers={**headers, "Content-Encoding": "gzip"},
    )
    assert packed.get_json()["accepted"] == 1


def test_columns_are_told_all_at_once_in_either_language(play: Play) -> None:
    answer = play.client.post(
        "/api/v1/imports",
        data="厂家,厂家\n".encode(),
        headers={**play.registry.headers(), "Accept-Language": "zh"},
    )
    told = answer.get_json()
    assert (answer.status_code, told["code"]) == (422, "import_columns")
    faults = {(each["field"], each["detail"]) for each in told["errors"]}
    assert any(f == "厂家" and d.startswith("表头中出现两次") for f, d in faults)
    assert any(field == "ocv_v" for field, _ in faults)


def test_a_mapping_is_kept_for_the_station(play: Play) -> None:
    body = make_body()
    body["voltage"] = body.pop("ocv_v")
    mapping = json.dumps({"columns": {"voltage": "ocv_v"}})
    assert post(play, lines(body)).get_json()["refused"] == 1
    saved = post(play, lines(body), mapping=mapping, save_mapping="true")
    assert saved.get_json()["accepted"] == 1
    assert post(play, lines(body)).get_json()["duplicate"] == 1
    assert post(play, lines(body), mapping="{}").get_json()["refused"] == 1


def test_another_stations_rows_are_refused_one_by_one(play: Play) -> None:
    told = post(play, lines(make_body(station_id="HD-01"), make_body())).get_json()
    assert (told["accepted"], told["refused"]) == (1, 1)
    assert told["failed"][0]["faults"][0]["field"] == "station_id"


def test_a_long_file_is_sent_again_until_it_is_complete(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "BLOCK", 2)
    monkeypatch.setattr(imports, "MOST_BLOCKS", 1)
    file = lines(*(make_body() for _ in range(5)))
    tried = [
        post(play, file, dry_run="true", after_row=n).get_json() for n in (0, 2, 4)
    ]
    assert [each["is_complete"] for each in tried] == [False, False, True]
    told = [post(play, file).get_json() for _ in range(3)]
    assert [each["rows_done"] for each in told] == [2, 4, 5]
    assert [each["accepted"] for each in told] == [2, 4, 5]
    assert [each["is_complete"] for each in told] == [False, False, True]


@pytest.mark.parametrize(
    ("content", "asked", "code"),
    [
        (b"", {}, "upload_empty"),
        (b"x", {"mapping": "{"}, "body_malformed"),
        (b"x", {"mapping": "[]"}, "input_invalid"),
        (b"x", {"after_row": "-1"}, "input_invalid"),
        (b"x", {"colour": "red"}, "input_invalid"),
        (b"PK\x03\x04", {}, "import_workbook"),
        (b"\xff\xff\xff", {}, "import_not_text"),
    ],
)
def test_a_wrong_request_is_refused(
    play: Play, content: bytes, asked: dict[str, str], code: str
) -> None:
    assert post(play, content, **asked).get_json()["code"] == code


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "科学计数法"), ("en", "digits are lost")]
)
def test_a_shortened_serial_is_told_at_its_field_in_either_language(
    play: Play, language: str, said: str
) -> None:
    body = make_body(maker="1.23457E+14")
    text = ",".join(body) + "\n" + ",".join(str(value) for value in body.values())
    answer = play.client.post(
        "/api/v1/imports",
        data=text.encode(),
        headers={**play.registry.headers(), "Accept-Language": language},
    )
    (failed,) = answer.get_json()["failed"]
    (fault,) = failed["faults"]
    assert (failed["row"], fault["field"], said in fault["detail"]) == (
        2,
        "maker",
        True,
    )


def test_a_workbook_comes_in_by_the_api(play: Play) -> None:
    bodies = [make_body() for _ in range(3)]
    rows = [[str(value) for value in body.values()] for body in bodies]
    content = workbook(list(bodies[0]), *rows)
    told = post(play, content, name="day.xlsx").get_json()
    assert (told["kind"], told["accepted"], told["refused"]) == ("xlsx", 3, 0)
    assert post(play, content).get_json()["duplicate"] == 3


def test_half_a_character_comes_back_in_the_failed_file(play: Play) -> None:
    body = {**make_body(), "maker": "\ud800"}
    told = post(play, lines(body)).get_json()
    assert told["failed"][0]["faults"][0]["field"] == "maker"
    assert json.loads(told["failed_file"])["maker"] == "\ud800"
