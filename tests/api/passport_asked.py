"""Every answer that an address of passports describes."""

from collections.abc import Mapping

from werkzeug.test import TestResponse

from tests.played import Play


def passport_answers(play: Play, *, gone: str) -> list[tuple[str, TestResponse]]:
    """Ask for passports in every way.

    Args:
        play: The city.
        gone: The code of a destroyed battery.
    """
    code = play.green()
    address = "/api/v1/batteries/{}/passport"
    unknown = {"Authorization": "Bearer br_live_nobody"}
    told = [
        play.get(address.format(code), None),
        play.get(address.format(code), "auditor"),
        play.client.get(address.format(code), headers=unknown),
        play.get(address.format("0000-0000-0000-0000"), None),
        play.get(address.format(gone), None),
        play.get(address.format("x"), None),
    ]
    asked = [(address.format("{code}"), answer) for answer in told]
    return asked + declaration_answers(play, code=code)


def declaration_answers(play: Play, *, code: str) -> list[tuple[str, TestResponse]]:
    """Declare, and ask for what was declared, in every way.

    Args:
        play: The city.
        code: The code of a battery.
    """
    address = "/api/v1/passports/declarations"
    body = {
        "aspect": "circularity",
        "content": {"renewableContent": 2},
        "source": "Data sheet",
    }
    of_model = {**body, "maker": "Volta", "model": "V48-20"}

    def put(told: Mapping[str, object], *, key: str | None = "admin") -> TestResponse:
        headers = play.registry.headers(key) if key else {}
        return play.client.put(address, json=told, headers=headers)

    told = [
        *(put(of_model) for _ in range(2)),
        put({**body, "code": code}),
        put({**body, "code": "0000-0000-0000-0000"}),
        put(body),
        put(of_model, key="dealer"),
        put(of_model, key=None),
        play.client.put(address, data="{", headers=play.registry.headers("admin")),
        play.get(address),
        play.get(address, code=code),
        play.get(address, cursor="x"),
        play.get(address, "dealer"),
        play.get(address, None),
    ]
    return [(address, answer) for answer in told]
