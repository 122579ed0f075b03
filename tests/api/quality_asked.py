"""Tell the registry of checks, and ask it for a station's quality."""

from typing import Any

from werkzeug.test import TestResponse

from tests.played import Play, make_check

CHECKS = "/api/v1/stations/XC-01/reference-checks"
QUALITY = "/api/v1/stations/XC-01/quality"


def tell(play: Play, key: str = "XC-01", **changes: Any) -> TestResponse:
    return play.client.post(
        CHECKS, json=make_check(**changes), headers=play.registry.headers(key)
    )


def ask(play: Play, key: str = "admin", station: str = "XC-01", **query: Any) -> Any:
    answer = play.get(f"/api/v1/stations/{station}/quality", key, **query)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def instrument(told: Any, code: str = "EBC-1") -> Any:
    return next(one for one in told["instruments"] if one["code"] == code)
