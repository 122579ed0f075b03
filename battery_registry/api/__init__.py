"""The JSON face: blueprints under /api/v1 and the machine addresses.

One blueprint a subject; each view declares its policy, what it takes and what
it gives, and the document at ``/openapi.json`` is made from those words.
"""

from flask import Flask
from flask_smorest import Api

from battery_registry import __version__
from battery_registry.api import (
    appeals,
    batteries,
    clearances,
    custody,
    early_warnings,
    epcis,
    epcis_events,
    exports,
    figures,
    fires,
    imports,
    incidents,
    inspections,
    machine,
    manifests,
    offers,
    passport,
    problem,
    recalls,
    recordings,
    red_list,
    retests,
    sale,
    sale_bulk,
    sale_reports,
    stations,
    whereabouts,
)
from battery_registry.api.schemas.problems import ProblemSchema

BLUEPRINTS = (
    inspections.blueprint,
    recordings.blueprint,
    imports.blueprint,
    batteries.blueprint,
    passport.blueprint,
    red_list.blueprint,
    figures.blueprint,
    custody.blueprint,
    epcis.blueprint,
    epcis_events.blueprint,
    whereabouts.blueprint,
    offers.blueprint,
    manifests.blueprint,
    incidents.blueprint,
    clearances.blueprint,
    sale_bulk.blueprint,
    sale_reports.blueprint,
    sale.blueprint,
    retests.blueprint,
    appeals.blueprint,
    recalls.blueprint,
    fires.blueprint,
    early_warnings.blueprint,
    exports.blueprint,
    stations.blueprint,
)

_DESCRIPTION = (
    "Readings of e-bike batteries in, verdicts out; red batteries followed to their"
    " destruction. Errors are RFC 9457 problem JSON."
)


class RegistryApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest with our problems in place of its own errors."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE: str

    def _register_responses(self) -> None:
        plain = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problem.MEDIA_TYPE
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = plain

    def _register_error_handlers(self) -> None:
        """Leave errors to the application, which knows pages too."""


def register(app: Flask) -> None:
    """Add the JSON face to the application."""
    app.config.update(
        API_TITLE="Battery registry",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
    )
    described = RegistryApi(
        app,
        spec_kwargs={
            "info": {
                "description": _DESCRIPTION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "security": [{"key": []}],
        },
    )
    described.spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "bearerFormat": "br_live_…"}
    )
    for blueprint in BLUEPRINTS:
        described.register_blueprint(blueprint)
    app.extensions["openapi"] = described
    app.register_blueprint(machine.blueprint)
