"""The JSON face: blueprints under /api/v1 and the machine addresses.

One blueprint a subject; each view declares its policy, what it takes and what
it gives, and the document at ``/openapi.json`` is made from those words.
"""

from flask import Flask

from battery_registry.api import (
    appeals,
    batteries,
    clearances,
    custody,
    declarations,
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
from battery_registry.api.description import describe

BLUEPRINTS = (
    inspections.blueprint,
    recordings.blueprint,
    imports.blueprint,
    batteries.blueprint,
    passport.blueprint,
    declarations.blueprint,
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


def register(app: Flask) -> None:
    """Add the JSON face to the application."""
    described = describe(app)
    for blueprint in BLUEPRINTS:
        described.register_blueprint(blueprint)
    app.extensions["openapi"] = described
    app.register_blueprint(machine.blueprint)
