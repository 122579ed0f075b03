"""Refusals and faults as pages."""

from urllib.parse import urlencode

from flask import Response, make_response, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import SignInRequiredError
from battery_registry.web import language
from battery_registry.web.showing import render


def refused(refusal: RegistryError) -> Response:
    """Answer a refusal with a page; who is not known goes to sign in first."""
    if isinstance(refusal, SignInRequiredError):
        return _to_sign_in()
    return page(
        context.STATUS[refusal.kind],
        says=words(refusal),
        faults=faults(refusal),
        code=refusal.code,
    )


def http_error(error: HTTPException) -> Response:
    """Answer what Flask or Werkzeug found wrong with a page, keeping its headers."""
    status = error.code or 500
    key = "http.400.csrf" if isinstance(error, CSRFError) else f"http.{status}"
    response = page(status, says=context.text(key), code=str(status))
    for name, value in error.get_headers(request.environ):
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def page(
    status: int,
    *,
    says: str,
    code: str,
    faults: tuple[tuple[str, str], ...] = (),
) -> Response:
    """Make the page of an error."""
    text = render("error.html", says=says, code=code, faults=faults)
    response = make_response(text, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def words(refusal: RegistryError) -> str:
    """Put a refusal into words."""
    return context.text(f"refusal.{refusal.code}", **refusal.params)


def faults(refusal: RegistryError) -> tuple[tuple[str, str], ...]:
    """List the fields at fault, each with what is wrong with it in words."""
    listed = refusal.extra.get("errors")
    if isinstance(listed, list):
        return tuple((each["field"], context.fault(each["detail"])) for each in listed)
    return ((refusal.field, words(refusal)),) if refusal.field else ()


def _to_sign_in() -> Response:
    kept = {"lang": language.asked()}
    if request.method in {"GET", "HEAD"}:
        kept["next"] = request.full_path.removesuffix("?")
    query = urlencode({name: value for name, value in kept.items() if value})
    address = url_for("sign_in.form") + (f"?{query}" if query else "")
    return make_response(redirect(address, 303))
