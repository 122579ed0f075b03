"""Every address declares who may use it, and the declaration is what counts."""

from flask import Flask
from flask.testing import FlaskClient

from battery_registry import context
from battery_registry.domain.roles import Role

# Whoever adds a public address must add it here too, with open eyes.
PUBLIC_ADDRESSES = {
    "/",
    "/.well-known/gs1resolver",
    "/01/<path:rest>",
    "/8004/<path:rest>",
    "/api/v1/batteries/<string:code>/passport",
    "/b/<code>",
    "/b/<code>/buy",
    "/b/<code>/genuine",
    "/report",
    "/report/thanks",
    "/sites",
    "/docs",
    "/healthz",
    "/openapi.json",
    "/readyz",
    "/losses",
    "/sign-in",
    "/sign-out",
    "/transfers/<uuid:transfer_id>",
    "/.well-known/jwks.json",
    "/api/v1/resale/<string:code>",
    "/api/v1/reports/loss",
    "/api/v1/reports/loss/withdrawal",
    "/api/v1/resale/prefix/<string:prefix>",
    "/api/v1/resale/serial",
    "/api/v1/resale/transfers/<uuid:transfer_id>/consents",
    "/api/v1/status-list",
}


def test_every_route_declares_its_policy(app: Flask) -> None:
    with app.app_context():
        missing = [
            str(rule)
            for rule in app.url_map.iter_rules()
            if rule.endpoint != "static" and context.policy_of(rule.endpoint) is None
        ]
    assert missing == []


def test_only_the_known_addresses_are_public(app: Flask) -> None:
    with app.app_context():
        public = {
            rule.rule
            for rule in app.url_map.iter_rules()
            if (policy := context.policy_of(rule.endpoint)) and policy.is_public
        }
    assert public <= PUBLIC_ADDRESSES


def test_a_route_without_a_policy_is_never_served(
    app: Flask, client: FlaskClient
) -> None:
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "secret")
    answer = client.get("/api/v1/forgotten")
    assert answer.status_code == 403
    assert b"secret" not in answer.data


def test_every_role_has_an_address(app: Flask) -> None:
    with app.app_context():
        served = set[Role]()
        for rule in app.url_map.iter_rules():
            policy = context.policy_of(rule.endpoint)
            served |= set(policy.roles) if policy else set()
    assert served == set(Role) - {Role.DEALER} or served == set(Role)
