"""Where all parts meet: the one place that makes the application."""

import atexit
import gc
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Flask, Response, current_app, request
from flask_babel import Babel
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix

from battery_registry import api, context, scoring, settings, web
from battery_registry.api import problem
from battery_registry.context import Runtime
from battery_registry.domain import RegistryError
from battery_registry.services import releases
from battery_registry.services.releases import NotInForceError, NotSignedOffError
from battery_registry.settings import Settings
from battery_registry.store.db import Database
from battery_registry.store.vault import Vault
from battery_registry.web import errors as pages

# A batch of 500 inspections has about 1 MB.
_BODY_LIMIT_BYTES = 8 * 1024 * 1024

_HEADERS = (
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'self'; img-src 'self' data:;"
            " font-src 'self'; script-src 'self'; connect-src 'self';"
            " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_MACHINE_HEADERS = (*_HEADERS, ("Cache-Control", "no-store"))

_log = structlog.get_logger("battery_registry")


class Registry(Flask):
    """Flask without a look at each call whether it is a coroutine: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Give the function as it is."""
        return func


def from_environment() -> Flask:
    """Make the application that a web server serves."""
    _log_lines()
    made = create_app(settings.from_environment(os.environ))
    atexit.register(_write_checks, made)
    _check_live(made.extensions[context.EXTENSION])
    _rest_collector()
    return made


def _write_checks(made: Flask) -> None:
    """Write what was asked before a sale and is not written yet."""
    runtime: Runtime = made.extensions[context.EXTENSION]
    runtime.sale_log.write(runtime.database)


def _check_live(runtime: Runtime) -> None:
    """Refuse to judge by rules that nobody has signed off, or not in force.

    Raises:
        NotInForceError: Today is none of their days.
        NotSignedOffError: Nobody has; the built-in set needs no signature.
    """
    try:
        with runtime.database.reading() as session:
            releases.check_live(session, ruleset=runtime.ruleset, now=runtime.clock())
    except (NotInForceError, NotSignedOffError):
        runtime.database.dispose()
        raise


def _rest_collector() -> None:
    """Let the garbage collector look less often, and never at the program itself.

    A batch makes some hundred thousand values that reference counting frees;
    looking through them all, again and again, only costs time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _log_lines() -> None:
    """Log one JSON object a line; a fault's variables, which may be personal, never."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def create_app(
    options: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Flask:
    """Make the application.

    Args:
        options: How it runs.
        clock: Tells the time; read once for each request.
    """
    app = Registry("battery_registry", static_folder="web/static", template_folder=None)
    app.config.update(
        SECRET_KEY=options.secret_key,
        MAX_CONTENT_LENGTH=_BODY_LIMIT_BYTES,
        MAX_FORM_MEMORY_SIZE=_BODY_LIMIT_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.extensions[context.EXTENSION] = Runtime(
        settings=options,
        database=Database(options.database_url),
        vault=Vault(data_key=options.data_key, lookup_key=options.lookup_key),
        ruleset=scoring.load(options.ruleset_id),
        clock=clock,
    )
    if options.trusted_proxies:
        hops = options.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    Babel(app, locale_selector=web.choose_language)
    app.before_request(context.enforce)
    app.after_request(_secure)
    api.register(app)
    web.register(app)
    app.register_error_handler(RegistryError, _refuse)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_fault)
    return app


def _wants_problem() -> bool:
    accepts = request.accept_mimetypes
    return (
        context.is_machine_address()
        or accepts.best_match(["text/html", "application/json"]) == "application/json"
    )


def _refuse(refusal: RegistryError) -> Response:
    return problem.refused(refusal) if _wants_problem() else pages.refused(refusal)


def _answer_http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 0) in range(300, 400):
        return current_app.make_response(error.get_response())
    return problem.http_error(error) if _wants_problem() else pages.http_error(error)


def _answer_fault(error: Exception) -> Response:
    # What went wrong is for the operator's log, not for the stranger outside.
    _log.exception("request failed", path=request.path, error=type(error).__name__)
    return _answer_http_error(InternalServerError())


def _secure(response: Response) -> Response:
    """Add the headers that every answer has; a view's own word comes first."""
    headers = response.headers
    told = {name for name, _ in headers}
    wanted = _MACHINE_HEADERS if context.is_machine_address() else _HEADERS
    headers.extend([item for item in wanted if item[0] not in told])
    return response
