"""GS1 Digital Link: GS1's statements for a conformant resolver, on both databases."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from werkzeug.test import TestResponse

from battery_registry.conformance.linksets import shown_statements
from battery_registry.domain.gs1 import linkset
from tests.played import Play

GTIN, SERIAL = "09520123456788", "VOLTA-0001"
ITEM = f"/01/{GTIN}/21/{SERIAL}"
ASSET = "/8004/9520614141234"
BASE = "http://registry.test"


def make_pack(play: Play, code: str = f"01{GTIN}21{SERIAL}") -> str:
    return play.green(pack_code=code, pack_code_scheme="gs1")


def ask(play: Play, address: str, **headers: str) -> TestResponse:
    return play.client.get(address, headers=headers)


def read_schema(shared_data: Path) -> Any:
    path = shared_data / "conformance" / "gs1-linkset" / "gs1-linkset-schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "address", [ITEM, f"{ITEM}/", ITEM.lower(), f"{ITEM}?17=271231"]
)
def test_a_makers_code_leads_to_the_safety_page(play: Play, address: str) -> None:
    code = make_pack(play)
    answer = ask(play, address)
    query = address.partition("?")[2]
    assert answer.status_code == 307, answer.text
    assert answer.location == f"{BASE}/b/{code}{'?' if query else ''}{query}"
    assert f"{ITEM}?linkType=linkset>".lower() in answer.headers["Link"].lower()
    assert 'rel="linkset"' in answer.headers["Link"]
    same = f'<{BASE}{ITEM}>; rel="owl:sameAs"'
    assert same.lower() in answer.headers["Link"].lower()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_asset_number_leads_there_too(play: Play) -> None:
    code = make_pack(play, "80049520614141234")
    assert ask(play, ASSET).location == f"{BASE}/b/{code}"


def test_all_qualifiers_of_a_key_are_read(play: Play) -> None:
    make_pack(play)
    assert ask(play, f"/01/{GTIN}/22/V1/10/LOT/21/{SERIAL}").status_code == 307
    assert ask(play, f"/01/{GTIN[1:]}/21/{SERIAL}").status_code == 307


@pytest.mark.parametrize(
    "address",
    [
        "/01/09520123456789/21/A",
        f"/01/{GTIN}/21",
        f"/01/{GTIN}/21/A/10/B",
        f"/01/{GTIN}/99/A",
        f"/01/{GTIN}/21/{'A' * 21}",
        f"/01/{GTIN}/21/A%20B",
        f"/01/{GTIN}/21/A?999=x",
        "/8004/abc",
        f"{ITEM}?21=other",
    ],
)
def test_a_malformed_address_is_400(play: Play, address: str) -> None:
    make_pack(play)
    answer = ask(play, address, Accept="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "digital_link_malformed"
    assert ask(play, address).status_code == 400


@pytest.mark.parametrize(
    "address", [f"/01/{GTIN}/21/OTHER", f"/01/{GTIN}", f"/01/{GTIN}/10/LOT", ASSET]
)
def test_a_key_of_no_battery_is_404(play: Play, address: str) -> None:
    make_pack(play)
    answer = ask(play, address, Accept="application/json")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "digital_link_unknown"


@pytest.mark.parametrize(
    ("link_type", "path"),
    [
        ("gs1:recallStatus", "/api/v1/resale/{}?"),
        ("https://ref.gs1.org/voc/productPassport", "/api/v1/batteries/{}/passport?"),
        ("gs1:safetyInfo", "/b/{}?lang=en&"),
        ("gs1:defaultLink", "/b/{}?lang=en&"),
    ],
)
def test_a_link_type_leads_to_its_own_place(
    play: Play, link_type: str, path: str
) -> None:
    code = make_pack(play)
    answer = play.client.get(
        ITEM, query_string={"linkType": link_type}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 307
    assert answer.location.startswith(BASE + path.format(code))


def test_an_unknown_link_type_is_404(play: Play) -> None:
    make_pack(play)
    answer = ask(play, f"{ITEM}?linkType=gs1:pip", Accept="application/json")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "link_type_unknown"


@pytest.mark.parametrize(
    "query",
    ["next=https://evil.example/", "linkType=gs1:defaultLink&url=//evil.example", "@"],
)
def test_no_query_leads_to_another_host(play: Play, query: str) -> None:
    code = make_pack(play)
    answer = ask(play, f"{ITEM}?{query}")
    assert answer.status_code == 307
    assert answer.location.startswith(f"{BASE}/b/{code}?")
    evil = ask(play, ITEM, Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
    assert "evil" not in evil.location + evil.headers["Link"]


def test_a_linkset_is_as_gs1s_schema_has_it(play: Play, shared_data: Path) -> None:
    code = make_pack(play)
    schema = read_schema(shared_data)
    for address, accept in (
        (ITEM, linkset.MEDIA_TYPE),
        (f"{ITEM}?linkType=linkset", "*/*"),
        (f"/b/{code}", linkset.MEDIA_TYPE),
        (f"/b/{code}?linkType=linkset", "text/html"),
    ):
        answer = ask(play, address, Accept=accept)
        assert answer.status_code == 200
        assert answer.content_type == linkset.MEDIA_TYPE
        told = json.loads(answer.text)
        jsonschema.Draft7Validator(schema).validate(told)
        (entry,) = told["linkset"]
        assert entry["anchor"] == BASE + address.partition("?")[0]
        assert entry["itemDescription"] == "Volta V48-20"
        assert [*entry[f"{linkset.NAMESPACE}defaultLink"][0]] == ["href", "title"]


def test_every_media_type_is_one_of_ianas(play: Play) -> None:
    make_pack(play)
    entry = json.loads(ask(play, f"{ITEM}?linkType=linkset").text)["linkset"][0]
    links = [link for key, each in entry.items() if "voc" in key for link in each]
    types = {link["type"] for link in links if "type" in link}
    assert types == {"text/html", "application/json", "application/ld+json"}


def test_the_default_link_is_described_by_its_own_type_too(play: Play) -> None:
    make_pack(play)
    entry = json.loads(ask(play, f"{ITEM}?linkType=linkset").text)["linkset"][0]
    (default,) = entry[f"{linkset.NAMESPACE}defaultLink"]
    described = entry[f"{linkset.NAMESPACE}safetyInfo"]
    assert {link["href"].partition("?")[0] for link in described} == {default["href"]}


@pytest.mark.parametrize("target", linkset.TARGETS, ids=lambda each: each.link_type)
def test_the_query_that_is_passed_on_is_borne(play: Play, target: Any) -> None:
    make_pack(play)
    asked = {"linkType": f"gs1:{target.link_type}", "17": "271231"}
    answer = play.client.get(ITEM, query_string=asked)
    followed = ask(play, answer.location.removeprefix(BASE))
    assert followed.status_code == (200 if target.is_public else 401), followed.text


def test_a_title_is_in_the_language_of_its_page(play: Play) -> None:
    make_pack(play)
    told = json.loads(ask(play, f"{ITEM}?linkType=linkset").text)
    links = told["linkset"][0][f"{linkset.NAMESPACE}safetyInfo"]
    titles = {link["hreflang"][0]: link["title"] for link in links}
    assert titles == {"zh": "电池的安全状况", "en": "How safe the battery is"}


def test_every_link_leads_somewhere(play: Play) -> None:
    make_pack(play)
    entry = json.loads(ask(play, f"{ITEM}?linkType=linkset").text)["linkset"][0]
    links = [link for key, each in entry.items() if "voc" in key for link in each]
    assert len(links) > len(linkset.TARGETS)
    for link in links:
        answer = ask(play, link["href"].removeprefix(BASE))
        wanted = 401 if link.get("public") is False else 200
        assert answer.status_code == wanted, link


def test_head_and_options_are_answered(play: Play) -> None:
    make_pack(play)
    head = play.client.head(ITEM)
    assert (head.status_code, head.data) == (307, b"")
    options = play.client.options(ITEM)
    assert options.status_code == 200
    assert {"GET", "HEAD", "OPTIONS"} <= set(options.allow)
    assert options.headers["Access-Control-Allow-Origin"] == "*"


def test_an_error_may_be_read_by_any_page_and_is_never_200(play: Play) -> None:
    make_pack(play)
    for address, status in ((f"/01/{GTIN}/21/OTHER", 404), ("/8004/abc", 400)):
        for accept in ("text/html", "application/json", linkset.MEDIA_TYPE):
            answer = ask(play, address, Accept=accept)
            assert answer.status_code == status
            assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_resolver_describes_itself(play: Play) -> None:
    told = ask(play, "/.well-known/gs1resolver").get_json()
    assert told["resolverRoot"] == BASE
    assert told["supportedPrimaryKeys"] == ["01", "8004"]
    assert "gs1:recallStatus" in told["activeLinkTypes"]["zh"]


def test_the_statements_that_are_said_to_hold_name_tests_of_here() -> None:
    for statement, tests in shown_statements().items():
        assert tests, statement
        assert set(tests) <= set(globals()), statement


def test_every_link_type_is_one_of_gs1s(shared_data: Path) -> None:
    path = shared_data / "conformance" / "gs1-link-types" / "gs1resolver.json"
    listed = json.loads(path.read_text(encoding="utf-8"))["activeLinkTypes"]["en"]
    known = {name.removeprefix("gs1:") for name in listed}
    assert {each.link_type for each in linkset.TARGETS} <= known
