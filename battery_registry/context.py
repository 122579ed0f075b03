"""What a request carries: its transaction, its clock, its caller, its language.

The only module below the faces that knows Flask.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar, cast

from flask import current_app, g, request
from flask_babel import get_locale, gettext
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from battery_registry.domain import Kind
from battery_registry.domain.afterlife import Sighting
from battery_registry.domain.caller import (
    Caller,
    NotAllowedError,
    Policy,
    Scope,
    SignInRequiredError,
    scope_of,
)
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import DEFAULT_DEADLINES, State
from battery_registry.domain.custody_terms import Terms
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import accounts, afterlife, api_keys
from battery_registry.services.sale_log import Face, SaleLog
from battery_registry.settings import Settings
from battery_registry.store.db import Database
from battery_registry.store.vault import Vault

__all__ = [
    "EXTENSION",
    "LANGUAGES",
    "SESSION_COOKIE",
    "STATUS",
    "Face",
    "Runtime",
    "Session",
    "address",
    "asking",
    "caller",
    "enforce",
    "fault",
    "find_caller",
    "is_machine_address",
    "language",
    "note_check",
    "now",
    "policy_of",
    "reading",
    "report_sighting",
    "requires",
    "runtime",
    "scope",
    "terms",
    "text",
    "transact",
]

STATUS: Final[Mapping[Kind, int]] = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
"""The HTTP status of each kind of refusal, on pages and for machines alike."""

EXTENSION = "battery_registry"
LANGUAGES = ("zh", "en")
SESSION_COOKIE = "br_session"

# What a pattern of the wire's asks for, in words: no person reads expressions.
_SPELLINGS = {
    r"[A-Z0-9-]{4,64}$": "spelling.battery_code",
    r"[0-9a-f]{64}$": "spelling.sha256",
    r"^[a-z0-9][a-z0-9-]{0,31}$": "spelling.party",
    r"^[a-z][a-z0-9_]{0,39}$": "spelling.evidence",
    r"^[0-9]{6}$": "spelling.district",
    r"[0-9a-f]{5}$": "spelling.prefix",
    r"^[0-9]{4}-(0[1-9]|1[0-2])$": "spelling.month",
    r"^urn:[a-z0-9]{1,32}:[a-z0-9]{1,64}$": "spelling.urn",
    r"^--(0[1-9]|1[0-2])$": "spelling.xml_month",
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$": "spelling.language",
    r"^[A-Za-z0-9_.-]{1,80}@[A-Za-z0-9_.-]{1,120}\.[A-Za-z]{2,60}$": "spelling.email",
}

View = TypeVar("View", bound=Callable[..., object])
Result = TypeVar("Result")


class _Declared(Protocol):
    policy: Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """What the program was started with."""

    settings: Settings
    database: Database
    vault: Vault
    ruleset: RuleSet
    clock: Callable[[], datetime]
    sale_log: SaleLog = field(default_factory=SaleLog)

    @property
    def terms(self) -> Terms:
        """The terms of the chain of custody, as they were set."""
        options = self.settings
        own = {State(name): days for name, days in options.deadline_days.items()}
        return Terms(
            deadlines={**DEFAULT_DEADLINES, **own},
            offer_stands=timedelta(hours=options.offer_hours),
            mass_tolerance_frac=options.mass_tolerance_percent / 100,
            stock_days=options.stock_days,
            stock_kg=options.stock_kg,
        )


def runtime() -> Runtime:
    """Get what the program was started with."""
    return cast("Runtime", current_app.extensions[EXTENSION])


def now() -> datetime:
    """Tell the time of this request, the same from its start to its end."""
    if "now" not in g:
        g.now = runtime().clock()
    return cast("datetime", g.now)


def terms() -> Terms:
    """Get the terms of the chain of custody that this registry was set up with."""
    return runtime().terms


def reading() -> AbstractContextManager[Session]:
    """Open a session that only reads."""
    return runtime().database.reading()


def asking() -> AbstractContextManager[Connection]:
    """Open a bare connection for one question: the cheapest way to read."""
    return runtime().database.asking()


def transact(work: Callable[[Session], Result]) -> Result:
    """Do the work of this request in its one transaction.

    Raises:
        NotStoredError: The database does not take it, now or ever.
    """
    return runtime().database.run(work)


def note_check(*, face: Face, subject: str, answer: str) -> None:
    """Note that somebody asked about a sale; who it was is not noted."""
    log, mac = runtime().sale_log, runtime().vault.mac("sale_check", subject.encode())
    if log.note(face=face, subject_mac=mac, answer=answer, now=now()):
        log.write(runtime().database)


def report_sighting(code: PublicCode, *, seen: Sighting) -> None:
    """Open the incident of a code that should not be met any more, if it is one.

    A database that is locked or only read costs the incident, never the answer;
    the next sighting tries again.
    """
    with reading() as session:
        ended = afterlife.find_ended(session, public_code=code)
        if ended is None or afterlife.is_told(session, ended=ended, now=now()):
            return
    moment = now()
    runtime().database.attempt(
        lambda session: afterlife.report(session, ended=ended, seen=seen, now=moment)
    )


def address() -> str:
    """Tell where the request came from, to count its questions."""
    return request.remote_addr or ""


def requires(policy: Policy) -> Callable[[View], View]:
    """Declare a view's policy; a view without one is never served."""

    def declare(view: View) -> View:
        cast("_Declared", view).policy = policy
        return view

    return declare


def policy_of(endpoint: str) -> Policy | None:
    """Find the policy that a view declared."""
    view = current_app.view_functions.get(endpoint)
    found = getattr(view, "policy", None)
    return found if isinstance(found, Policy) else None


def enforce() -> None:
    """Check the caller against the view's policy, before every request.

    Raises:
        SignInRequiredError: Nobody is known.
        NotAllowedError: The view declares no policy, or not for this caller.
    """
    if request.endpoint is None or request.endpoint == "static":
        return
    policy = policy_of(request.endpoint)
    if policy is None:
        raise NotAllowedError(role="")
    if policy.is_public:
        g.scope = Scope()
        return
    g.scope = scope_of(policy, caller=find_caller())


def find_caller() -> Caller | None:
    """Find who is asking: a key on the machine addresses, a sign-in on pages."""
    if "caller" not in g:
        g.caller = _identify()
    return cast("Caller | None", g.caller)


def caller() -> Caller:
    """Get who is asking.

    Raises:
        SignInRequiredError: Nobody is known.
    """
    found = find_caller()
    if found is None:
        raise SignInRequiredError
    return found


def scope() -> Scope:
    """Get what part of the registry this request may see."""
    return cast("Scope", g.scope)


def _identify() -> Caller | None:
    if is_machine_address():
        scheme, _, presented = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        with reading() as session:
            return api_keys.find_caller(session, presented=presented.strip(), now=now())
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    with reading() as session:
        return accounts.find_caller(
            session, token=token, now=now(), vault=runtime().vault
        )


def is_machine_address() -> bool:
    """Whether the address is one of the API's, where cookies count for nothing."""
    return request.path.startswith("/api/")


def language() -> str:
    """Get the language of this answer, ``zh`` or ``en``."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def text(key: str, **params: object) -> str:
    """Get a text of the catalogues in the language of this answer."""
    found: str = gettext(key)
    if found == key and key.startswith("http."):
        # A server or a proxy may know statuses that have no words of their own.
        found = gettext("http.other")
    return found % params if params else found


def fault(told: str) -> str:
    """Put a fault of one field (``wire.faults``) into words."""
    key, _, rest = told.partition("|")
    if key == "wire.pattern":
        return text(_SPELLINGS.get(rest, key))
    values = rest.split("|") if rest else []
    words = text(key)
    return words.format(*values) if values else words
