"""Answers of every sort about a sale, each with the address it is described under."""

from typing import Any

from werkzeug.test import TestResponse

from tests.played import Play

BUYER = {"name": "李雷", "phone": "13900139000"}

Asked = list[tuple[str, TestResponse]]


def resale_answers(play: Play) -> Asked:
    """Ask for everything that has to do with a sale."""
    return [
        *_clearances(play),
        *_many(play),
        *_losses(play),
        *_transfers(play),
        ("/api/v1/status-list", play.get("/api/v1/status-list", None)),
    ]


def post(
    play: Play, address: str, body: Any, key: str | None = "dealer"
) -> TestResponse:
    """Post a JSON body, or a text that is none."""
    headers = play.registry.headers(key) if key else {}
    if isinstance(body, str):
        headers = {**headers, "Content-Type": "application/json"}
        return play.client.post(address, data=body, headers=headers)
    return play.client.post(address, json=body, headers=headers)


def _clearances(play: Play) -> Asked:
    address = "/api/v1/resale/clearances"
    told = [
        post(play, address, {"code": play.green()}),
        post(play, address, {"code": play.red()}),
        post(play, address, {"code": "abc"}),
        post(play, address, "{"),
        post(play, address, {"code": "abc"}, None),
    ]
    return [(address, answer) for answer in told]


def _many(play: Play) -> Asked:
    serial, prefixes = "/api/v1/resale/serial", "/api/v1/resale/prefixes"
    feed, prefix = "/api/v1/resale/feed/{day}", "/api/v1/resale/prefix/{prefix}"
    asked = {"serial": "V48-1"}
    many = [post(play, serial, asked, None) for _ in range(61)]
    each = [play.get(prefix.format(prefix="00000"), None) for _ in range(121)]
    return [
        (serial, post(play, serial, "{", None)),
        (serial, post(play, serial, {}, None)),
        (serial, many[0]),
        (serial, many[-1]),
        (prefix, each[0]),
        (prefix, each[-1]),
        (prefix, play.get(prefix.format(prefix="x"), None)),
        (prefixes, post(play, prefixes, {"prefixes": ["00000"]})),
        (prefixes, post(play, prefixes, {"prefixes": []})),
        (prefixes, post(play, prefixes, "{")),
        (prefixes, post(play, prefixes, {}, None)),
        (feed, play.get(feed.format(day="2026-11-01"))),
        (feed, play.get(feed.format(day="2099-01-01"))),
        (feed, play.get(feed.format(day="2026-11-01"), None)),
    ]


def _losses(play: Play) -> Asked:
    code, told = play.green(), list[tuple[str, TestResponse]]()
    loss, found = "/api/v1/reports/loss", "/api/v1/reports/loss/withdrawal"
    bodies = {
        loss: {"code": code, "kind": "lost"},
        found: {"code": code},
    }
    for address, body in bodies.items():
        guess = {**body, "owner_code": "x"}
        told += [
            (address, post(play, address, body, "regulator")),
            (address, post(play, address, body, "regulator")),
            (address, post(play, address, body, "dealer")),
            (address, post(play, address, body, None)),
            (address, post(play, address, {**body, "code": "abc"}, "regulator")),
            (address, post(play, address, "{", "regulator")),
        ]
        told += [(address, post(play, address, guess, None)) for _ in range(11)]
    return told


def _transfers(play: Play) -> Asked:
    address = "/api/v1/resale/transfers"
    yes = f"{address}/{{transfer_id}}/consents"
    asked = {"code": play.green()}
    token = post(play, "/api/v1/resale/clearances", asked).get_json()["clearance"]
    body = {"clearance": token}
    opened = post(play, address, body)
    told = opened.get_json()
    at = yes.format(transfer_id=told["transfer_id"])
    giver, receiver = ({"code": told[f"{who}_code"]} for who in ("giver", "receiver"))
    given = [
        post(play, at, {"code": "x"}, None),
        post(play, at, "{", None),
        post(play, at, {}, None),
        post(play, at, giver, None),
        post(play, at, {**receiver, **BUYER}, None),
        post(play, at, giver, None),
        post(
            play,
            yes.format(transfer_id="00000000-0000-7000-8000-000000000000"),
            giver,
            None,
        ),
    ]
    token = post(play, "/api/v1/resale/clearances", asked).get_json()["clearance"]
    return [
        (address, opened),
        (address, post(play, address, body)),
        (address, post(play, address, {"clearance": token})),
        (address, post(play, address, {"clearance": "x"})),
        (address, post(play, address, "{")),
        (address, post(play, address, {}, None)),
        *((yes, answer) for answer in given),
    ]
