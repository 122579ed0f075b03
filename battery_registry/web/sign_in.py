"""Sign in and out of the staff pages."""

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from werkzeug import Response as AnyResponse

from battery_registry import context
from battery_registry.domain.caller import PUBLIC, Reach, only
from battery_registry.domain.roles import Role
from battery_registry.services import accounts
from battery_registry.services.accounts import (
    SignedIn,
    SignInRefusedError,
    TooManyAttemptsError,
)
from battery_registry.web import errors, language
from battery_registry.web.showing import render

ANYBODY_KNOWN = only(**{role.value: Reach.ALL for role in Role})
_HOME = {
    Role.INSPECTOR: "inspectors.form",
    Role.COLLECTOR: "work.start",
    Role.RECYCLER: "work.start",
    Role.DEALER: "checks_page.overview",
    Role.REGULATOR: "overview_page.overview",
    Role.AUDITOR: "overview_page.overview",
    Role.ADMIN: "overview_page.overview",
}
_LONGEST_NAME = 64
_LONGEST_PASSWORD = 1024

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@context.requires(PUBLIC)
def form() -> str:
    """Show the form."""
    return render(
        "sign_in.html", name="", next=safe_next(), is_needed=bool(safe_next())
    )


@blueprint.post("/sign-in")
@context.requires(PUBLIC)
def sign_in() -> AnyResponse:
    """Check name and password, and open a session."""
    name = request.form.get("name", "").strip()[:_LONGEST_NAME]
    # PostgreSQL stores no NUL; nobody's name has one, and nobody's has this sign.
    name = name.replace("\x00", "\ufffd")
    password = request.form.get("password", "")[:_LONGEST_PASSWORD]
    address, now = request.remote_addr or "", context.now()
    try:
        with context.reading() as reading:
            found = accounts.recognise(
                reading, name=name, password=password, address=address, now=now
            )
    except TooManyAttemptsError as refusal:
        return _again(name, refusal)
    if found is None:
        context.transact(
            lambda transaction: accounts.note_failure(
                transaction, sign_in=name, address=address, now=now
            )
        )
        return _again(name, SignInRefusedError())
    hours = context.runtime().settings.session_hours
    return _let_in(
        context.transact(
            lambda transaction: accounts.open_session(
                transaction, found=found, hours=hours, now=now
            )
        )
    )


@blueprint.post("/sign-out")
@context.requires(ANYBODY_KNOWN)
def sign_out() -> AnyResponse:
    """End the session."""
    token = request.cookies.get(context.SESSION_COOKIE, "")
    context.transact(
        lambda transaction: accounts.end_session(
            transaction, token=token, now=context.now()
        )
    )
    session.clear()
    response = redirect(url_for("home.start", lang=language.asked()), 303)
    response.delete_cookie(context.SESSION_COOKIE)
    return response


def safe_next() -> str:
    """Find where to go afterwards: a path of ours, never another's address."""
    told = request.values.get("next", "")
    try:
        parts = urlsplit(told)
    except ValueError:
        return ""
    is_ours = (
        told.startswith("/")
        and not told.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
        and told.isprintable()
        and "\\" not in told
    )
    return told if is_ours else ""


def home_of(role: Role) -> str:
    """Say the address of the page that a role works on."""
    return url_for(_HOME.get(role, "home.start"), lang=language.asked())


def _again(name: str, refusal: SignInRefusedError | TooManyAttemptsError) -> Response:
    text = render(
        "sign_in.html",
        name=name,
        next=safe_next(),
        is_needed=False,
        fault=errors.words(refusal),
    )
    return make_response(text, context.STATUS[refusal.kind])


def _let_in(found: SignedIn) -> AnyResponse:
    # A form token that somebody planted before the sign-in ends here.
    session.clear()
    response = redirect(safe_next() or home_of(found.role), 303)
    response.set_cookie(
        context.SESSION_COOKIE,
        found.token,
        expires=found.expires_at,
        httponly=True,
        samesite="Lax",
        secure=context.runtime().settings.is_https,
    )
    return response
