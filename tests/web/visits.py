"""A person with a browser: keeps cookies, fills in forms with their tokens."""

import re
from typing import Any, Self

from flask import Flask
from werkzeug.test import TestResponse

from tests.builders import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN_ID = re.compile(r'name="inspection_id" value="([^"]+)"')


class Visitor:
    """Visits the pages of an application."""

    def __init__(self, app: Flask, *, language: str = "en") -> None:
        self.client = app.test_client()
        self.language = language

    def get(self, address: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(
            address, headers={"Accept-Language": self.language, **headers}
        )

    def post(self, address: str, *, form: str, **fields: Any) -> TestResponse:
        """Send a form, with the token that the page ``form`` carries."""
        return self.client.post(
            address,
            data={"csrf_token": self.token(form), **fields},
            headers={"Accept-Language": self.language},
        )

    def token(self, form: str) -> str:
        """Read the token of a page's form."""
        found = _TOKEN.search(self.get(form).text)
        assert found is not None, f"{form} has no form"
        return found[1]

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> Self:
        """Sign in; it must succeed."""
        answer = self.post(
            "/sign-in", form="/sign-in", name=name, password=password, **fields
        )
        assert answer.status_code == 303, answer.text
        return self

    def enter(self, **changes: Any) -> TestResponse:
        """Fill in the inspector's form; a change to None leaves a field empty."""
        text = self.get("/inspect").text
        token, number = _TOKEN.search(text), _HIDDEN_ID.search(text)
        assert token is not None
        assert number is not None
        told = {
            "csrf_token": token[1],
            "inspection_id": number[1],
            **FILLED,
            **changes,
        }
        return self.client.post(
            "/inspect",
            data={name: value for name, value in told.items() if value is not None},
            headers={"Accept-Language": self.language},
        )


# A healthy pack, as an inspector fills it in.
FILLED = {
    "tested_at": "2026-11-23T11:30",
    "instrument_id": "EBC-1",
    "unit_kind": "pack",
    "chemistry": "ternary",
    "maker": "Volta",
    "model": "V48-20",
    "pack_code_scheme": "none",
    "maker_label_present": "yes",
    "purchase_proof_present": "yes",
    "ccc_mark_present": "yes",
    "second_life": "no",
    "label_nominal_voltage_v": "48",
    "label_rated_capacity_ah": "20",
    "production_date": "2024-05-01",
    "housing_broken_exposed": "no",
    "leakage": "no",
    "deformation": "none",
    "burn_marks": "no",
    "port_damaged": "no",
    "mount_mismatch": "",
    "ambient_temp_c": "23",
    "battery_surface_temp_c": "24.5",
    "test_duration_s": "600",
    "soc_source": "after_full_charge",
    "ocv_v": "54.2",
    "max_output_voltage_v": "54.6",
    "max_output_voltage_method": "ocv_full",
    "internal_resistance_mohm": "120",
    "resistance_method": "ac_1khz",
    "discharge_capacity_ah": "19",
    "capacity_method": "full_discharge",
    "owner_kind": "resident",
}
