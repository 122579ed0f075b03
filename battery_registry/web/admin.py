"""The operator's pages: who takes part, where, with what, and what is kept."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, abort, make_response, redirect, request

from battery_registry import context
from battery_registry.context import Session
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Reach, only
from battery_registry.services import contacts
from battery_registry.web import (
    admin_keys,
    admin_people,
    admin_places,
    errors,
    language,
)
from battery_registry.web.admin_parts import Form, Subject
from battery_registry.web.showing import render

_ADMINS: Final = only(admin=Reach.ALL)
SUBJECTS: Final[Mapping[str, Subject]] = {
    subject.name: subject
    for subject in (
        admin_people.ORGANISATIONS,
        admin_people.PEOPLE,
        admin_places.STATIONS,
        admin_places.INSTRUMENTS,
        admin_keys.KEYS,
        admin_places.LABELS,
    )
}

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
@context.requires(_ADMINS)
def start() -> str:
    """Show what there is to look after, and what needs somebody's attention."""
    with context.reading() as session:
        listed = [
            (
                name,
                len(rows),
                sum(bool(row.warning and not row.is_ended) for row in rows),
            )
            for name, subject in SUBJECTS.items()
            for rows in [subject.rows(session)]
        ]
    return render("admin.html", listed=listed)


@blueprint.get("/admin/retention")
@context.requires(_ADMINS)
def retention() -> str:
    """Show what is kept how long; it is set where the registry is installed."""
    options = context.runtime().settings
    kept = (
        ("sessions", context.text("admin.hours", hours=options.session_hours)),
        ("contacts", context.text("admin.days", days=contacts.RETENTION.days)),
        ("sale_checks", context.text("admin.days", days=options.sale_check_days)),
        ("clearances", context.text("admin.days", days=1)),
        ("ledger", context.text("admin.for_ever")),
        ("custody", context.text("admin.for_ever")),
    )
    return render("admin_retention.html", kept=kept)


@blueprint.get("/admin/<name>")
@context.requires(_ADMINS)
def subject(name: str) -> Response:
    """Show a list with its forms."""
    return _page(_subject(name), done=request.args.get("done", ""))


@blueprint.post("/admin/<name>/<act>")
@context.requires(_ADMINS)
def change(name: str, act: str) -> Response:
    """Add or change something; a secret that was made is shown once, on no address."""
    found = _subject(name)
    form = next((each for each in found.forms if each.name == act), None)
    if form is None and act not in found.acts:
        abort(404)
    told = {key: value.strip() for key, value in request.form.items()}
    try:
        secret = context.transact(lambda session: _run(session, found, form, act, told))
    except RegistryError as refusal:
        return _page(found, refusal=refusal, at=act, told=told)
    key = told.get("key") or told.get("code") or told.get("sign_in") or ""
    if secret is not None:
        return _page(found, done=act, key=key, secret=secret)
    address = language.page("admin.subject", name=name, done=act, key=key)
    return make_response(redirect(address, 303))


def _run(
    session: Session,
    found: Subject,
    form: Form | None,
    act: str,
    told: Mapping[str, str],
) -> str | None:
    if form is not None:
        return form.run(session, told)
    return found.acts[act](session, told.get("key", ""))


def _subject(name: str) -> Subject:
    found = SUBJECTS.get(name)
    if found is None:
        abort(404)
    return found


def _page(
    found: Subject,
    *,
    refusal: RegistryError | None = None,
    at: str = "",
    told: Mapping[str, str] | None = None,
    done: str = "",
    key: str = "",
    secret: str = "",
) -> Response:
    with context.reading() as session:
        rows = found.rows(session)
        forms = [(form.name, form.fields(session)) for form in found.forms]
    known = {*found.acts, *(name for name, _fields in forms)}
    values: dict[str, Any] = {
        "subject": found,
        "rows": rows,
        "forms": forms,
        "at": at,
        "told": told or {},
        "says": errors.words(refusal) if refusal else "",
        "faults": _by_place(refusal, at),
        "done": done if done in known else "",
        "key": key or request.args.get("key", "")[:64],
        "secret": secret,
    }
    status = context.STATUS[refusal.kind] if refusal else 200
    response = make_response(render("admin_list.html", **values), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _by_place(refusal: RegistryError | None, at: str) -> dict[str, str]:
    """Name the fields as the page does: a form's name and the field's."""
    found = errors.faults(refusal) if refusal else ()
    return {f"{at}-{field}": said for field, said in found}
