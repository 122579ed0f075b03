"""Answers of every sort about EPCIS, each with the address it is described under."""

from typing import Any

from werkzeug.test import TestResponse

from battery_registry.domain import code as codes
from tests.domain.epcis.vectors import make_document, make_event
from tests.played import Play

Asked = list[tuple[str, TestResponse]]

_UNKNOWN = codes.show(codes.mint(b"0123456789"))


def epcis_answers(play: Play) -> Asked:
    """Ask for chains and events, and have events captured."""
    chain, events = "/api/v1/custody/{code}/epcis", "/api/v1/epcis/events"
    red = play.red()
    return [
        *((chain, play.get(chain.format(code=c))) for c in (red, _UNKNOWN, "abc")),
        (chain, play.get(chain.format(code=red), None)),
        (chain, play.get(chain.format(code=red), "dealer")),
        (events, play.get(events, perPage=1)),
        (events, play.get(events, perPage=0)),
        (events, play.get(events, None)),
        (events, play.get(events, "dealer")),
        *_captures(play),
    ]


def _captures(play: Play) -> Asked:
    address = "/api/v1/epcis/capture"
    document = make_document(make_event(), make_event(disposition="red"))

    def post(body: Any, key: str | None = "greencell", **headers: str) -> TestResponse:
        held = play.registry.headers(key) if key else {}
        return play.client.post(address, json=body, headers={**held, **headers})

    taken = post(document)
    known = taken.headers["Location"]
    job = f"{address}/{{job_id}}"
    return [
        (address, taken),
        (address, post({})),
        (address, post(document, None)),
        (address, post(document, "dealer")),
        (address, post(document, **{"GS1-Capture-Error-Behaviour": "all"})),
        (job, play.get(known)),
        (job, play.get(known, None)),
        (job, play.get(known, "dealer")),
        (job, play.get(f"{known[:-4]}0000")),
    ]
