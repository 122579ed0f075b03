"""What happened and its leaves in the ledger, counted side by side."""

from flask import Flask
from flask.testing import FlaskClient

from battery_registry.context import Runtime
from battery_registry.domain.ledger import LeafKind
from battery_registry.queries import ledger_counts
from battery_registry.queries.ledger_counts import Tally
from tests.builders import Registry, make_body, make_red_body


def test_what_happened_and_its_leaves_are_counted_by_kind(
    app: Flask, client: FlaskClient, registry: Registry
) -> None:
    runtime: Runtime = app.extensions["battery_registry"]
    for body in (make_body(), make_body(), make_red_body()):
        answer = client.post(
            "/api/v1/inspections", json=body, headers=registry.headers()
        )
        assert answer.status_code == 201
    with runtime.database.reading() as session:
        assert ledger_counts.count(session) == (
            Tally(kind=LeafKind.INSPECTION, happened=3, leaves=3),
            Tally(kind=LeafKind.CODE_CHANGE, happened=3, leaves=3),
            Tally(kind=LeafKind.CUSTODY_EVENT, happened=1, leaves=1),
        )
