"""The language of a page: asked for, remembered, the browser's, or Chinese."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, g, has_request_context, request, url_for

from battery_registry import context

COOKIE = "br_lang"
_COOKIE_SECONDS = 365 * 24 * 3600
_OTHER = {"zh": "en", "en": "zh"}
_HTML = {"zh": "zh-Hans", "en": "en"}


def choose() -> str:
    """Choose the language: the switch, the cookie, the browser, Chinese."""
    if not has_request_context():
        return "zh"
    return asked() or _remembered() or _preferred() or "zh"


def asked() -> str | None:
    """Find the language that the address asks for, with ``?lang=``."""
    told = request.args.get("lang", "")
    return told if told in context.LANGUAGES else None


def _remembered() -> str | None:
    told = request.cookies.get(COOKIE, "")
    return told if told in context.LANGUAGES else None


def _preferred() -> str | None:
    return request.accept_languages.best_match(context.LANGUAGES)


def remember(response: Response) -> Response:
    """Remember the switch for people who are signed in; others get no cookie."""
    if context.is_machine_address():
        return response
    told = asked()
    if told and g.get("caller") is not None:
        response.set_cookie(
            COOKIE,
            told,
            max_age=_COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=context.runtime().settings.is_https,
        )
    return response


def page(endpoint: str, **values: Any) -> str:
    """Say a page's address, keeping the language that this address asks for."""
    return url_for(endpoint, **{"lang": asked(), **values})


def other_url() -> str:
    """Say this page's address in the other language; it can never fail."""
    other = _OTHER[context.language()]
    if request.method not in {"GET", "HEAD"} or request.endpoint is None:
        return url_for("home.start", lang=other)
    # Never through ``url_for``: what strangers ask would become its own arguments.
    asked_for = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name != "lang"
    ]
    query = urlencode([*asked_for, ("lang", other)], errors="replace")
    # One leading slash: two would begin another host's address.
    path = f"{request.script_root}/{request.path.lstrip('/')}"
    return f"{quote(path, errors='replace')}?{query}"


def html() -> str:
    """Name this page's language as HTML does."""
    return _HTML[context.language()]


def other_html() -> str:
    """Name the other language as HTML does."""
    return _HTML[_OTHER[context.language()]]
