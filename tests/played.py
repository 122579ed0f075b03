"""A registry that is played through its API: readings in, steps of cases."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from battery_registry.domain.roles import Role
from battery_registry.services import api_keys
from tests.builders import NOW, Registry, make_body, make_red_body

# State, whose key signs, giver, receiver, evidence: the whole way of a red pack.
WAY: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("isolated", "XC-01", "resident", "xicheng-checks", {}),
    ("collected", "city-collect", "xicheng-checks", "city-collect", {}),
    ("in_transit", "safe-haul", "city-collect", "safe-haul", {}),
    ("received", "greencell", "safe-haul", "greencell", {"mass_kg": 4.2}),
    ("dismantled", "greencell", "greencell", "greencell", {}),
    (
        "destroyed",
        "greencell",
        "greencell",
        "greencell",
        {"certificate_number": "D-2026-1", "kg_metals": 2.9, "kg_black_mass": 1.3},
    ),
)
# Whose key signs for an organisation.
KEY_OF = {"xicheng-checks": "XC-01", "haidian-checks": "HD-01"}


@dataclass(frozen=True, kw_only=True)
class Play:
    """Plays the city of ``Registry`` through the API."""

    client: FlaskClient
    registry: Registry

    def hand_in(self, *bodies: dict[str, Any], key: str = "XC-01") -> list[Any]:
        """Hand inspections in; all must be accepted. Their receipts."""
        answer = self.client.post(
            "/api/v1/inspections",
            json={"inspections": list(bodies)},
            headers=self.registry.headers(key),
        )
        results = answer.get_json()["results"]
        statuses = {result["status"] for result in results}
        assert statuses == {"accepted"}, answer.text
        return [result["receipt"] for result in results]

    def green(self, *, key: str = "XC-01", **changes: Any) -> str:
        """Hand a healthy pack in; its code."""
        code: str = self.hand_in(make_body(**changes), key=key)[0]["battery"]["code"]
        return code

    def red(self, *, key: str = "XC-01", **changes: Any) -> str:
        """Hand a red pack in; its code."""
        receipt = self.hand_in(make_red_body(**changes), key=key)[0]
        code: str = receipt["battery"]["code"]
        return code

    def step(self, code: str, key: str, **changes: Any) -> TestResponse:
        """Tell a step of a case."""
        return self.client.post(
            f"/api/v1/custody/{code}/events",
            json=make_step(**changes),
            headers=self.registry.headers(key),
        )

    def offer(self, code: str, key: str, **changes: Any) -> TestResponse:
        """Offer a battery to another organisation."""
        return self.client.post(
            f"/api/v1/custody/{code}/offers",
            json=make_offer(**changes),
            headers=self.registry.headers(key),
        )

    def accept(
        self, offer_id: str, key: str, *, code: str, **changes: Any
    ) -> TestResponse:
        """Accept an offer by the scan of a label."""
        body = {
            "event_id": str(uuid.uuid4()),
            "code": code,
            "occurred_at": (NOW - timedelta(minutes=30)).isoformat(),
            "evidence": {},
            **changes,
        }
        return self.client.post(
            f"/api/v1/offers/{offer_id}/accept",
            json=body,
            headers=self.registry.headers(key),
        )

    def pass_on(
        self, code: str, *, giver: str, receiver: str, to_state: str, **told: Any
    ) -> TestResponse:
        """Hand a battery over between two organisations: offered, accepted."""
        offered = self.offer(
            code, KEY_OF.get(giver, giver), to_state=to_state, receiver=receiver
        )
        assert offered.status_code == 201, offered.text
        offer_id = offered.get_json()["offer_id"]
        return self.accept(offer_id, KEY_OF.get(receiver, receiver), code=code, **told)

    def walk(self, code: str, *, until: str) -> None:
        """Walk a case up to a state; every step must be taken."""
        for minute, (state, key, giver, receiver, evidence) in enumerate(WAY):
            told: dict[str, Any] = {
                "to_state": state,
                "giver": giver,
                "receiver": receiver,
                "evidence": evidence,
                "occurred_at": (NOW - timedelta(minutes=30 - minute)).isoformat(),
            }
            if giver in {"resident", receiver}:
                answer = self.step(code, key, **told)
            else:
                answer = self.pass_on(code, **told)
            assert answer.status_code == 201, answer.text
            if state == until:
                return

    def get(
        self, address: str, key: str | None = "admin", **query: Any
    ) -> TestResponse:
        """Ask an address with the key of that name, or without any."""
        headers = self.registry.headers(key) if key else {}
        return self.client.get(address, query_string=query or None, headers=headers)

    def add_key(self, name: str, *, organisation: str, role: Role, at: str) -> None:
        """Make one more key, bound to a station."""
        with self.registry.runtime.database.writing() as session:
            made = api_keys.make(
                session,
                organisation_id=self.registry.organisations[organisation],
                station_id=self.registry.stations[at],
                role=role,
                purpose="test",
                now=NOW,
            )
        self.registry.keys[name] = made.text

    def add_district_regulator(self) -> str:
        """Make a regulator's key that sees Haidian only; its name."""
        self.add_key(
            "haidian-regulator",
            organisation="city-market",
            role=Role.REGULATOR,
            at="HD-01",
        )
        return "haidian-regulator"


def make_step(**changes: Any) -> dict[str, Any]:
    """A hand-over as it goes over the wire: a resident's pack is isolated."""
    return {
        "event_id": str(uuid.uuid4()),
        "to_state": "isolated",
        "occurred_at": (NOW - timedelta(minutes=30)).isoformat(),
        "giver": "resident",
        "receiver": "xicheng-checks",
        "evidence": {},
        **changes,
    }


def make_offer(**changes: Any) -> dict[str, Any]:
    """An offer as it goes over the wire: a collector is to fetch a battery."""
    return {
        "offer_id": str(uuid.uuid4()),
        "to_state": "collected",
        "receiver": "city-collect",
        "evidence": {},
        **changes,
    }


def make_check(**changes: Any) -> dict[str, Any]:
    """A check of an instrument as it goes over the wire: a tenth of a per cent off."""
    return {
        "check_id": str(uuid.uuid4()),
        "instrument_id": "EBC-1",
        "quantity": "capacity_ah",
        "reference_name": "pack R-7",
        "reference_value": 10.0,
        "reading": 10.01,
        "checked_at": (NOW - timedelta(hours=3)).isoformat(),
        **changes,
    }


def moment(text: str) -> datetime:
    """Read a time of an answer."""
    return datetime.fromisoformat(text)
