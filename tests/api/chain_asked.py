"""Answers of every sort about red batteries that are passed on."""

from typing import Any

from werkzeug.test import TestResponse

from battery_registry.domain import code as codes
from tests.api import manifests_played as played
from tests.builders import NOW
from tests.played import Play, make_offer

Asked = list[tuple[str, TestResponse]]

NOBODY = "00000000-0000-7000-8000-000000000000"
_UNKNOWN = codes.show(codes.mint(b"0123456789"))


def post(play: Play, address: str, body: Any, key: str | None) -> TestResponse:
    """Post a JSON body, or a text that is none."""
    headers = play.registry.headers(key) if key else {}
    if isinstance(body, str):
        headers = {**headers, "Content-Type": "application/json"}
        return play.client.post(address, data=body, headers=headers)
    return play.client.post(address, json=body, headers=headers)


def refusals(play: Play, address: str, key: str) -> list[TestResponse]:
    """Have a body refused in every way that does not look at what it is about."""
    return [
        post(play, address, "{", key),
        post(play, address, {"nonsense": 1}, key),
        *strangers(play, address, {}),
    ]


def strangers(play: Play, address: str, body: Any) -> list[TestResponse]:
    """Post without a key, and with one that has no place here."""
    return [post(play, address, body, key) for key in (None, "dealer")]


def lists(play: Play, address: str, key: str, **query: str) -> Asked:
    """Ask for a list in every way."""
    told = [
        play.get(address, key, **query),
        play.get(address, key, **query, nonsense="1"),
        play.get(address, None),
        play.get(address, "dealer"),
    ]
    return [(address, answer) for answer in told]


def chain_answers(play: Play) -> Asked:
    """Ask for everything that has to do with passing a battery on."""
    return [
        *_offers(play),
        *_manifests(play),
        *_incidents(play),
        *lists(play, "/api/v1/custody", "XC-01"),
    ]


def _isolated(play: Play) -> str:
    code = play.red()
    play.walk(code, until="isolated")
    return code


def _offers(play: Play) -> Asked:
    address, one = "/api/v1/custody/{code}/offers", "/api/v1/offers/{offer_id}"
    code = _isolated(play)
    at = address.format(code=code)
    told: Asked = [
        (address, play.offer(code, "XC-01")),
        (address, play.offer(code, "XC-01")),
        (address, play.offer(_UNKNOWN, "XC-01")),
        *((address, answer) for answer in refusals(play, at, "XC-01")),
    ]
    offer_id = told[0][1].get_json()["offer_id"]
    accept = f"{one}/accept"
    at = accept.format(offer_id=offer_id)
    told += [(accept, answer) for answer in refusals(play, at, "city-collect")]
    told += [
        (accept, play.accept(offer_id, "city-collect", code=code)),
        (accept, play.accept(offer_id, "city-collect", code=code)),
        (accept, play.accept(NOBODY, "city-collect", code=code)),
    ]
    other = _isolated(play)
    for how, key in (("decline", "city-collect"), ("withdraw", "XC-01")):
        made = make_offer()
        settled = f"{one}/{how}"
        at = settled.format(offer_id=made["offer_id"])
        told.append((address, play.offer(other, "XC-01", **made)))
        told.append((settled, post(play, at, {}, key)))
        told.append(
            (settled, post(play, at.replace(made["offer_id"], offer_id), {}, key))
        )
        told.append((settled, post(play, settled.format(offer_id=NOBODY), {}, key)))
        told += [(settled, answer) for answer in strangers(play, at, {})]
    return [*told, *lists(play, "/api/v1/offers", "XC-01", role="from")]


def _manifests(play: Play) -> Asked:
    address = "/api/v1/manifests"
    one = f"{address}/{{manifest_id}}"
    codes_sent = played.collected(play, 2)
    body = played.make_manifest(codes_sent)
    made = post(play, address, body, "city-collect")
    told: Asked = [(address, made)]
    told += [(address, each) for each in refusals(play, address, "city-collect")]
    at = one.format(manifest_id=body["manifest_id"])
    left = {"occurred_at": NOW.isoformat()}
    came = {**played.receipt(codes_sent[:1], 4.0), "occurred_at": NOW.isoformat()}
    # What has not left yet cannot come, and what came cannot leave.
    for how, key, said in (
        ("receipt", "greencell", came),
        ("dispatch", "safe-haul", left),
        ("receipt", "greencell", came),
        ("dispatch", "safe-haul", left),
    ):
        step = f"{one}/{how}"
        told.append((step, post(play, f"{at}/{how}", said, key)))
        told.append((step, post(play, f"{address}/{NOBODY}/{how}", said, key)))
        told += [(step, each) for each in refusals(play, f"{at}/{how}", key)]
    reads = (
        (at, "auditor"),
        (at, None),
        (at, "dealer"),
        (f"{address}/{NOBODY}", "auditor"),
    )
    told += [(one, play.get(where, key)) for where, key in reads]
    return [*told, *lists(play, address, "regulator")]


def _incidents(play: Play) -> Asked:
    """The manifest of before came with a pack too few."""
    address = "/api/v1/incidents"
    close = f"{address}/{{incident_id}}/close"
    listed = lists(play, address, "regulator")
    incident_id = listed[0][1].get_json()["items"][0]["incident_id"]
    at, note = close.format(incident_id=incident_id), {"note": "It was found."}
    told = [
        *refusals(play, at, "regulator"),
        post(play, at, note, "regulator"),
        post(play, at, note, "regulator"),
        post(play, close.format(incident_id=NOBODY), note, "regulator"),
    ]
    return [
        *listed,
        *((close, answer) for answer in told),
        *lists(play, address, "regulator"),
    ]
