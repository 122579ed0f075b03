"""Start page, reference, errors, languages: what every page has in common."""

import hashlib
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from battery_registry import context
from battery_registry.domain import Kind
from battery_registry.domain.caller import PUBLIC
from battery_registry.web import docs, language, showing
from tests.builders import Registry
from tests.played import Play
from tests.web.visits import Visitor

VENDOR = Path(showing.__file__).parent / "static" / "vendor"


class Reader(HTMLParser):
    """Notes what a page's policy forbids, labels without a field, double ids."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.ids: list[str] = []
        self.labelled: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"} or "style" in told:
            self.forbidden.append(tag)
        self.forbidden += [name for name in told if name.startswith("on")]
        if "id" in told:
            self.ids.append(told["id"])
        if tag == "label" and "for" in told:
            self.labelled.append(told["for"])
        if tag == "html":
            self.language = told["lang"]


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


@pytest.mark.parametrize(("asked", "html"), [("zh", "zh-Hans"), ("en", "en")])
def test_every_page_is_whole_in_both_languages(
    play: Play, app: Flask, asked: str, html: str
) -> None:
    red = play.red()
    staff = Visitor(app).sign_in("regulator")
    desk = Visitor(app).sign_in("inspector")
    anybody = Visitor(app)
    for visitor, addresses in (
        (anybody, ["/", "/docs", "/sign-in", f"/b/{red}", "/b/x", "/nowhere"]),
        (desk, ["/inspect", "/upload", f"/batteries/{red}", "/", "/red-list"]),
        (staff, ["/red-list", "/figures", f"/batteries/{red}"]),
    ):
        for address in addresses:
            text = visitor.get(f"{address}?lang={asked}").text
            page = read(text)
            assert page.language == html, address
            assert page.forbidden == [], address
            assert len(page.ids) == len(set(page.ids)), address
            assert set(page.labelled) <= set(page.ids), address
            assert "refusal." not in text, address
            assert 'href="#main"' in text, address


def test_the_start_page_goes_on_to_a_battery(play: Play, stranger: Visitor) -> None:
    code = play.green()
    for typed in (code.upper(), f"https://elsewhere.example/b/{code}?x=1"):
        answer = stranger.get(f"/?code={typed}&lang=en")
        assert answer.status_code == 303
        plain = code.replace("-", "")
        assert answer.location.lower() == f"/b/{plain}?lang=en"
        assert stranger.get(answer.location).status_code == 200
    assert stranger.get(stranger.get("/?code=..%2F..").location).status_code == 404
    assert stranger.get("/?code=").status_code == 200


def test_the_start_page_knows_who_is_there(regulator: Visitor, app: Flask) -> None:
    assert "Person regulator" in regulator.get("/").text
    collector = Visitor(app).sign_in("collector")
    assert 'href="/work"' in collector.get("/").text
    assert "Sign out" in collector.get("/").text


def test_the_reference_names_every_address(client: FlaskClient) -> None:
    text = client.get("/docs?lang=en").text
    document = client.get("/openapi.json").get_json()
    assert document["paths"]
    for path, methods in document["paths"].items():
        assert path in text
        for told in methods.values():
            if "summary" in told:
                assert told["summary"].split("'")[0] in text
    for name in document["components"]["schemas"]:
        assert f"<summary>{name}</summary>" in text


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Verdict"}, "Verdict"),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"type": "integer"}}, "[integer]"),
        ({"type": ["string", "null"], "enum": ["a", "b", None]}, "a | b"),
        (
            {"type": ["number", "null"], "minimum": 0, "maximum": 5},
            "number | null minimum 0 maximum 5",
        ),
        ({}, ""),
    ],
)
def test_a_type_in_a_few_words(schema: dict[str, object], words: str) -> None:
    assert docs.type_of(schema) == words


@pytest.mark.parametrize(
    "status", [400, 404, 405, 413, 414, 415, 416, 418, 429, 500, 503]
)
def test_an_error_is_a_page_with_its_status(app: Flask, status: int) -> None:
    @app.get("/broken")
    @context.requires(PUBLIC)
    def broken() -> str:
        abort(status)

    for told, word in (("en", "Something is not right"), ("zh", "出了点问题")):
        answer = Visitor(app, language=told).get("/broken")
        assert answer.status_code == status
        assert word in answer.text
        assert "http." not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_keeps_the_headers_that_help(client: FlaskClient) -> None:
    answer = client.delete("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_pages_and_api_answer_refusals_with_one_status() -> None:
    assert set(context.STATUS) == set(Kind)


def test_who_wants_json_gets_a_problem(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "登录"),
        ("en-US,en;q=0.9", "Sign in"),
        ("fr-FR", "登录"),
        ("", "登录"),
        ("fr, en;q=0.5", "Sign in"),
    ],
)
def test_the_browser_chooses_the_language(
    client: FlaskClient, header: str, word: str
) -> None:
    text = client.get("/sign-in", headers={"Accept-Language": header}).text
    assert f"<h1>{word}</h1>" in text


def test_the_switch_wins_and_only_staff_is_remembered(
    regulator: Visitor, stranger: Visitor, play: Play
) -> None:
    assert "Set-Cookie" not in stranger.get("/?lang=zh").headers
    assert "<h1>红码清单</h1>" in regulator.get("/red-list?lang=zh").text
    assert "<h1>红码清单</h1>" in regulator.get("/red-list").text
    assert "<h1>Red list</h1>" in regulator.get("/red-list?lang=en").text
    assert "<h1>Red list</h1>" in regulator.get("/red-list?lang=xx").text
    answer = regulator.get(f"/b/{play.green()}?lang=zh")
    assert "Set-Cookie" not in answer.headers


def test_the_switch_keeps_the_page_and_its_questions(
    play: Play, regulator: Visitor, inspector: Visitor
) -> None:
    code = play.red()
    text = regulator.get("/red-list?maker=Volta&lang=en").text
    assert 'href="/red-list?maker=Volta&amp;lang=zh"' in text
    assert f'href="/b/{code}?lang=zh"' in regulator.get(f"/b/{code}").text
    assert 'href="/?lang=zh"' in inspector.enter(ocv_v="x").text


def test_a_language_that_was_asked_for_is_kept(stranger: Visitor) -> None:
    text = stranger.get("/?lang=en").text
    assert 'href="/sign-in?lang=en"' in text
    assert 'name="lang" value="en"' in text


def test_what_others_made_is_named_and_unchanged() -> None:
    (told,) = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
    found = hashlib.sha256((VENDOR / told["file"]).read_bytes()).hexdigest()
    assert told["sha256"] == found
    notices = (Path(showing.__file__).parents[2] / "THIRD_PARTY_NOTICES").read_text()
    assert told["file"] in notices
    assert told["version"] in notices


def test_our_files_are_kept_until_they_change(
    client: FlaskClient, registry: Registry
) -> None:
    assert registry.stations
    text = client.get("/").text
    address = text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "?v=" in address
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/css")
    answer.close()


def test_values_without_a_sign_are_a_dash(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert showing.city_time(None) == showing.city_day(None) == "\u2013"
        assert showing.plain(None) == "\u2013"
        assert showing.plain([10, 35.0]) == "10 … 35"
        assert showing.plain(value=True) == "Yes"
        assert showing.local(object(), "name") is None


@pytest.mark.parametrize(
    "query",
    ["endpoint=x", "_scheme=x", "_method=POST", "_anchor=z", "_external=1", "values=1"],
)
def test_no_question_breaks_a_page_or_leads_to_others(
    play: Play, stranger: Visitor, query: str
) -> None:
    for path, status in (
        ("/", 200),
        (f"/b/{play.green()}", 200),
        ("/sign-in", 200),
        ("/b/x", 404),
        ("/nowhere", 404),
        ("/static/nowhere", 404),
    ):
        answer = stranger.get(f"{path}?{query}", Host="evil.example")
        assert answer.status_code == status, path
        assert "evil.example" not in answer.text
        if path != "/nowhere":
            assert f'href="{path}?{query}&amp;lang=zh"' in answer.text


def test_the_switch_keeps_every_value_and_never_names_a_host(app: Flask) -> None:
    with app.test_request_context("/b/a%20b?x=1&x=%26&lang=zh"):
        assert language.other_url() == "/b/a%20b?x=1&x=%26&lang=en"
    with app.test_request_context("/b/x", environ_overrides={"PATH_INFO": "//evil/b"}):
        assert language.other_url().startswith("/?lang=")


def test_a_part_of_a_file_that_is_not_there_is_said(stranger: Visitor) -> None:
    answer = stranger.get("/static/public.css", Range="bytes=99999999-")
    assert answer.status_code == 416
    assert "The part that was asked for does not exist" in answer.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("district=x", "<code>district</code> is not spelled as expected: six digits"),
        ("state=x", "<code>state</code> must be one of"),
        ("maker=a&maker=b", "<code>maker</code>"),
    ],
)
def test_a_single_fault_of_an_address_is_named(
    regulator: Visitor, query: str, told: str
) -> None:
    answer = regulator.get(f"/red-list?{query}&lang=en")
    assert answer.status_code == 422
    assert told in answer.text
