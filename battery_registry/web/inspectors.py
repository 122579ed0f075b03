"""The inspector's desk: enter an inspection, upload a file, see the verdict."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug import Response as AnyResponse

from battery_registry import __version__, context
from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.city_time import CITY_ZONE, city_date
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import PartyKind, State
from battery_registry.services import custody, qualification, receipts
from battery_registry.services.custody import ToldHandOver
from battery_registry.services.intake import Status
from battery_registry.services.receipts import Receipt
from battery_registry.store.ids import new_id
from battery_registry.web import (
    errors,
    hand_in,
    inspection_form,
    language,
    photos,
    reasons,
)
from battery_registry.web.showing import render
from battery_registry.wire import deliveries
from battery_registry.wire.deliveries import Result

_AT_THE_STATION = only(inspector=Reach.OWN_STATION)
_SOFTWARE = f"web-form {__version__}"

blueprint = Blueprint("inspectors", __name__)


class NoSuchInspectionError(RegistryError):
    """There is no such inspection, or it is another station's."""

    code = "inspection_unknown"
    kind = Kind.NOT_FOUND


@blueprint.get("/inspect")
@context.requires(_AT_THE_STATION)
def form() -> str:
    """Show the empty form; its id is made here, so that sending twice is once."""
    now = context.now()
    filled = {
        "inspection_id": str(new_id(now)),
        "tested_at": now.astimezone(CITY_ZONE).strftime("%Y-%m-%dT%H:%M"),
        "unit_kind": "pack",
    }
    return _form(filled)


@blueprint.post("/inspect")
@context.requires(_AT_THE_STATION)
def enter() -> AnyResponse:
    """Take in what was filled in, or say what must be mended."""
    filled = request.form.to_dict()
    given: dict[str, Any] = {
        "inspection_id": filled.get("inspection_id", ""),
        "inspector_id": context.caller().staff_number or "",
        "software_version": _SOFTWARE,
    }
    try:
        photo = photos.from_form(request.files.get(photos.FIELD))
    except RegistryError as refusal:
        return _say(filled, refusal)
    if photo is not None:
        given["photo_refs"] = [photo.ref]
    (item,) = hand_in.hand_in([inspection_form.as_json(filled, given=given)])
    if item.refusal is not None:
        if photo is not None:
            photo.drop()
        return _say(filled, item.refusal)
    if photo is not None:
        photo.keep()
    return _to_verdict(item.inspection_id)


def _say(filled: Mapping[str, str], refusal: RegistryError) -> Response:
    text = _form(
        filled, faults=_by_field(errors.faults(refusal)), says=errors.words(refusal)
    )
    return make_response(text, context.STATUS[refusal.kind])


def _by_field(faults: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Gather the faults of a list's members at the field that holds the list."""
    gathered: dict[str, list[str]] = {}
    for path, detail in faults:
        field, _, place = path.partition(".")
        told = f"{int(place) + 1}: {detail}" if place.isdecimal() else detail
        gathered.setdefault(field, []).append(told)
    return {field: "; ".join(told) for field, told in gathered.items()}


def _form(
    filled: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    says: str = "",
) -> str:
    with context.reading() as session:
        roster = qualification.get_post(session, caller=context.caller()).roster
    return render(
        "inspect.html",
        groups=inspection_form.GROUPS,
        filled=filled,
        faults=faults or {},
        says=says,
        instruments=sorted(roster.instruments.items()),
        today=city_date(context.now()),
        takes_photos=context.runtime().settings.blob_folder is not None,
    )


@blueprint.get("/upload")
@context.requires(_AT_THE_STATION)
def upload_form() -> str:
    """Show where a file is uploaded."""
    return render("upload.html", limit=deliveries.MOST)


@blueprint.post("/upload")
@context.requires(_AT_THE_STATION)
def upload() -> Response:
    """Take in a file's inspections, and say what became of each."""
    sent = request.files.get("file")
    try:
        raws = hand_in.read_file(sent.read() if sent else b"")
    except RegistryError as refusal:
        text = render("upload.html", limit=deliveries.MOST, fault=errors.words(refusal))
        return make_response(text, context.STATUS[refusal.kind])
    items = hand_in.hand_in(raws)
    counts = {
        status.value: sum(item.status is status for item in items) for status in Status
    }
    rows = [
        (item, errors.faults(item.refusal) if item.refusal else (), _said(item))
        for item in items
    ]
    return make_response(
        render("upload.html", limit=deliveries.MOST, rows=rows, counts=counts)
    )


def _said(item: Result) -> str:
    return errors.words(item.refusal) if item.refusal else ""


@blueprint.get("/inspections/<uuid:inspection_id>")
@context.requires(_AT_THE_STATION)
def verdict(inspection_id: UUID) -> str:
    """Show the verdict with every reason, and what to do with the battery."""
    receipt = _receipt(inspection_id)
    return render(
        "verdict.html",
        receipt=receipt,
        code=receipt.verdict["code"],
        reasons=reasons.for_inspectors(receipt.verdict),
        factors=reasons.factors(receipt.verdict),
        can_take_in=receipt.case is not None and receipt.case.state == State.FLAGGED,
        lang=context.language(),
    )


@blueprint.post("/inspections/<uuid:inspection_id>/custody")
@context.requires(_AT_THE_STATION)
def take_in(inspection_id: UUID) -> AnyResponse:
    """Take a red battery into the station's custody; pressing twice is once."""
    receipt = _receipt(inspection_id)
    if receipt.case is not None and receipt.case.state == State.FLAGGED:
        _hand_over(receipt)
    return _to_verdict(inspection_id)


def _hand_over(receipt: Receipt) -> None:
    now, caller = context.now(), context.caller()
    told = ToldHandOver(
        event_id=new_id(now),
        to_state=State.ISOLATED,
        occurred_at=now,
        giver=PartyKind.RESIDENT.value,
        receiver=caller.organisation_code,
        evidence={"inspection_id": str(receipt.inspection_id)},
    )
    context.transact(
        lambda session: custody.hand_over(
            session,
            public_code=PublicCode(receipt.public_code),
            hand_over=told,
            caller=caller,
            now=now,
        )
    )


def _receipt(inspection_id: UUID) -> Receipt:
    with context.reading() as session:
        found = receipts.find(
            session, inspection_id=inspection_id, scope=context.scope()
        )
    if found is None:
        raise NoSuchInspectionError
    return found


def _to_verdict(inspection_id: UUID | str | None) -> AnyResponse:
    address = url_for(
        "inspectors.verdict", inspection_id=inspection_id, lang=language.asked()
    )
    return redirect(address, 303)
