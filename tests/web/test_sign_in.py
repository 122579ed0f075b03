"""Signing in and out, and where it leads."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from battery_registry.app import create_app
from battery_registry.settings import Settings
from battery_registry.store.tables.parties import sign_in_session
from tests.builders import PASSWORD, Registry
from tests.conftest import Clock
from tests.web.visits import Visitor

WRONG = "not it"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("inspector", "/inspect"),
        ("regulator", "/overview"),
        ("auditor", "/overview"),
        ("admin", "/overview"),
        ("collector", "/work"),
        ("recycler", "/work"),
    ],
)
def test_everybody_goes_to_their_own_page(
    app: Flask, registry: Registry, name: str, place: str
) -> None:
    assert registry.stations
    answer = Visitor(app).post(
        "/sign-in", form="/sign-in", name=name, password=PASSWORD
    )
    assert answer.status_code == 303
    assert answer.location == place


def test_the_cookie_is_for_the_server_alone(app: Flask, registry: Registry) -> None:
    assert registry.stations
    answer = Visitor(app).post(
        "/sign-in", form="/sign-in", name="inspector", password=PASSWORD
    )
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "br_session" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_tls_every_cookie_is_secure(
    settings: Settings, clock: Clock, registry: Registry
) -> None:
    assert registry.stations
    safe = Settings(
        database_url=settings.database_url,
        secret_key=settings.secret_key,
        data_key=settings.data_key,
        lookup_key=settings.lookup_key,
        signing_key=settings.signing_key,
        base_url="https://registry.test",
    )
    app = create_app(safe, clock=clock)
    try:
        visitor = Visitor(app)
        visitor.client.environ_base["wsgi.url_scheme"] = "https"
        answer = visitor.post(
            "/sign-in", form="/sign-in", name="inspector", password=PASSWORD
        )
        assert answer.status_code == 303
        cookies = answer.headers.getlist("Set-Cookie")
        assert any("br_session" in cookie for cookie in cookies)
        assert all("Secure" in cookie for cookie in cookies)
    finally:
        app.extensions["battery_registry"].database.dispose()


@pytest.mark.parametrize("name", ["inspector", "nobody-at-all"])
def test_wrong_is_wrong_whoever_it_is(
    app: Flask, registry: Registry, name: str
) -> None:
    assert registry.stations
    answer = Visitor(app).post("/sign-in", form="/sign-in", name=name, password=WRONG)
    assert answer.status_code == 422
    assert "The sign-in name or the password is wrong" in answer.text
    assert f'value="{name}"' in answer.text
    assert "br_session" not in str(answer.headers)


def test_guessing_ends(app: Flask, registry: Registry) -> None:
    assert registry.stations
    visitor = Visitor(app)
    for _ in range(10):
        visitor.post("/sign-in", form="/sign-in", name="inspector", password=WRONG)
    answer = visitor.post(
        "/sign-in", form="/sign-in", name="inspector", password=PASSWORD
    )
    assert answer.status_code == 429
    assert "15 minutes" in answer.text


def test_a_page_of_staff_asks_to_sign_in_and_comes_back(
    stranger: Visitor, registry: Registry
) -> None:
    assert registry.stations
    asked = stranger.get("/red-list?state=flagged&lang=en")
    assert asked.status_code == 303
    assert asked.location.startswith("/sign-in?lang=en&next=%2Fred-list")
    form = stranger.get(asked.location)
    assert "Please sign in to open that page" in form.text
    answer = stranger.post(
        "/sign-in",
        form=asked.location,
        name="regulator",
        password=PASSWORD,
        next="/red-list?state=flagged&lang=en",
    )
    assert answer.location == "/red-list?state=flagged&lang=en"
    assert stranger.get(answer.location).status_code == 200


def test_what_was_sent_without_a_sign_in_is_not_repeated(stranger: Visitor) -> None:
    asked = stranger.client.post("/inspect", data={})
    assert asked.status_code == 303
    assert asked.location == "/sign-in"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/a\\..\\b",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "http://[bad",
        "relative",
    ],
)
def test_the_way_back_never_leads_elsewhere(
    stranger: Visitor, registry: Registry, elsewhere: str
) -> None:
    assert registry.stations
    answer = stranger.post(
        "/sign-in",
        form="/sign-in",
        name="regulator",
        password=PASSWORD,
        next=elsewhere,
    )
    assert answer.location == "/overview"


def test_signing_out_ends_the_session_at_the_server(
    regulator: Visitor, registry: Registry
) -> None:
    kept = regulator.client.get_cookie("br_session")
    assert kept is not None
    answer = regulator.post("/sign-out", form="/red-list")
    assert answer.status_code == 303
    assert answer.location == "/"
    assert regulator.client.get_cookie("br_session") is None
    with registry.runtime.database.reading() as session:
        open_ones = select(func.count()).where(sign_in_session.c.revoked_at.is_(None))
        assert session.scalar(open_ones) == 0
    regulator.client.set_cookie("br_session", kept.value)
    assert regulator.get("/red-list").status_code == 303


@pytest.mark.parametrize("token", [None, "forged"])
def test_a_form_without_its_token_is_refused(
    regulator: Visitor, token: str | None
) -> None:
    answer = regulator.client.post(
        "/sign-out",
        data={"csrf_token": token} if token else {},
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 400
    assert "The form has expired" in answer.text
    assert regulator.get("/red-list").status_code == 200


def test_an_old_form_token_ends_with_the_sign_in(
    stranger: Visitor, registry: Registry
) -> None:
    assert registry.stations
    old = stranger.token("/sign-in")
    stranger.sign_in("regulator")
    answer = stranger.client.post("/sign-out", data={"csrf_token": old})
    assert answer.status_code == 400


def test_a_cookie_is_no_key_to_the_api(regulator: Visitor) -> None:
    assert regulator.get("/api/v1/red-list").status_code == 401


@pytest.mark.parametrize("name", ["\x00", "a\x00", "inspector\x00"])
def test_a_name_that_cannot_be_stored_is_an_ordinary_wrong_one(
    app: Flask, registry: Registry, name: str
) -> None:
    assert registry.stations
    visitor = Visitor(app)
    for _ in range(10):
        answer = visitor.post("/sign-in", form="/sign-in", name=name, password=PASSWORD)
        assert answer.status_code == 422
        assert "The sign-in name or the password is wrong" in answer.text
    answer = visitor.post("/sign-in", form="/sign-in", name=name, password=PASSWORD)
    assert answer.status_code == 429
