"""The pages: sign-in, the inspector's desk, the regulator's lists, the QR's page."""

from flask import Blueprint, Flask, request
from flask_wtf.csrf import CSRFProtect

from battery_registry import context
from battery_registry.settings import Settings
from battery_registry.web import (
    acceptance,
    admin,
    appeals,
    buying,
    cases,
    certificates,
    checks,
    clearances,
    docs,
    fires,
    gate,
    held,
    home,
    incidents,
    inspectors,
    label_designer,
    labels,
    language,
    ledger,
    loading,
    losses,
    manifests,
    overview,
    packs,
    quality,
    recalls,
    regulators,
    reports,
    residents,
    resolver,
    saved_filters,
    showing,
    sign_in,
    station,
    transfers,
    whereabouts,
    work,
)
from battery_registry.web.sessions import PageSessions

BLUEPRINTS = (
    home.blueprint,
    docs.blueprint,
    sign_in.blueprint,
    residents.blueprint,
    buying.blueprint,
    reports.blueprint,
    resolver.blueprint,
    inspectors.blueprint,
    labels.blueprint,
    label_designer.blueprint,
    certificates.blueprint,
    admin.blueprint,
    ledger.blueprint,
    overview.blueprint,
    station.blueprint,
    cases.blueprint,
    regulators.blueprint,
    saved_filters.blueprint,
    whereabouts.blueprint,
    manifests.blueprint,
    incidents.blueprint,
    quality.blueprint,
    appeals.blueprint,
    recalls.blueprint,
    fires.blueprint,
    work.blueprint,
    acceptance.blueprint,
    loading.blueprint,
    gate.blueprint,
    packs.blueprint,
    held.blueprint,
    checks.blueprint,
    clearances.blueprint,
    transfers.blueprint,
    losses.blueprint,
)
# Forms that act for nobody: no session stands behind them, and none is begun.
_FOR_ANYBODY = frozenset({"reports_page.tell"})


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=_settings(app).is_https,
        WTF_CSRF_CHECK_DEFAULT=False,
        # A form may stay open for a whole shift; its token ends with the sign-in.
        WTF_CSRF_TIME_LIMIT=None,
        # Our pages send no referrer, so its absence says nothing.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = PageSessions()
    protection = CSRFProtect(app)

    def check_form() -> None:
        # The API takes keys only and no cookie, so nobody's can be misused.
        is_anybodys = request.endpoint in _FOR_ANYBODY
        if request.endpoint and not is_anybodys and not context.is_machine_address():
            protection.protect()

    app.before_request(check_form)
    app.after_request(language.remember)
    showing.register(app)
    app.register_blueprint(
        Blueprint("pages", __name__, template_folder="templates"), name="pages"
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def _settings(app: Flask) -> Settings:
    runtime: context.Runtime = app.extensions[context.EXTENSION]
    return runtime.settings


def choose_language() -> str:
    """Choose the language of a page: the switch, the cookie, the browser, Chinese."""
    return language.choose()
