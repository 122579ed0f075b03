"""The recycler's gate: scan what arrived, weigh the drums, take it in."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request

from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.domain.manifest_refusals import NoManifestError
from battery_registry.domain.manifests import ManifestStatus, PackStatus
from battery_registry.queries import labelled, manifests
from battery_registry.queries.manifests import WholeManifest
from battery_registry.services import manifest_receipt
from battery_registry.web import errors, language, load_form, scanning
from battery_registry.web.scanning import Mark, Told
from battery_registry.web.showing import render
from battery_registry.wire.manifests import parse_receipt

_RECYCLERS: Final = only(recycler=Reach.OWN_ORGANISATION)

blueprint = Blueprint("gate_page", __name__)


@blueprint.get("/manifests/<uuid:manifest_id>/receipt")
@context.requires(_RECYCLERS)
def form(manifest_id: UUID) -> str:
    """Show the field for scans, and what each drum must weigh."""
    return _form(_get(manifest_id), {})


@blueprint.post("/manifests/<uuid:manifest_id>/scan")
@context.requires(_RECYCLERS)
def scan(manifest_id: UUID) -> Response:
    """Say of one label whether it is on the list; nothing is taken in yet."""
    found = _get(manifest_id)
    back = language.page("gate_page.form", manifest_id=manifest_id)
    text = request.form.get("scan", "")
    try:
        told = _look(found, codes.parse(text, field="scan"))
    except RegistryError as refusal:
        told = scanning.refused(refusal, text)
    return scanning.answer(told, back=back)


@blueprint.post("/manifests/<uuid:manifest_id>/receipt")
@context.requires(_RECYCLERS)
def receive(manifest_id: UUID) -> Response:
    """Take in what was scanned and weighed; what differs is an incident."""
    filled = request.form.to_dict()
    found = _get(manifest_id)
    scanned = _lines(filled.get("codes", ""))
    now = context.now()
    try:
        told = parse_receipt(
            {
                "occurred_at": now.isoformat(),
                "drums": _weights(found, filled),
                "packs": scanned,
            }
        )
        difference = context.transact(
            lambda session: manifest_receipt.receive(
                session,
                manifest_id=manifest_id,
                told=told,
                caller=context.caller(),
                now=now,
                terms=context.terms(),
            )
        )
    except RegistryError as refusal:
        text = _form(found, filled, refusal=refusal)
        return make_response(text, context.STATUS[refusal.kind])
    flash(context.text("gate.differs" if difference.is_any else "gate.agrees"))
    address = language.page("manifests_page.one", manifest_id=manifest_id)
    return make_response(redirect(address, 303))


def _get(manifest_id: UUID) -> WholeManifest:
    party = context.caller().organisation_code
    with context.reading() as session:
        found = manifests.find(session, manifest_id=manifest_id, party=party)
    if found is None or found.record.receiver != party:
        raise NoManifestError
    return found


def _look(found: WholeManifest, code: PublicCode) -> Told:
    """Compare one label with the list and with what was scanned before."""
    before = {_plain(line) for line in _lines(request.form.get("before", ""))}
    if code in before:
        return scanning.told(Mark.AGAIN, "gate.scan.again", code, counts=False)
    with context.reading() as session:
        label = labelled.find(session, code=code)
    if label is None or label.battery_id is None:
        return scanning.told(Mark.BAD, "gate.scan.unknown", code, counts=False)
    listed = {pack.public_code: pack.status for pack in found.packs}
    status = listed.get(label.public_code, listed.get(code))
    if status is None:
        return scanning.told(Mark.BAD, "gate.scan.not_listed", code, counts=True)
    if status is PackStatus.RECEIVED:
        return scanning.told(Mark.AGAIN, "gate.scan.received", code, counts=False)
    return scanning.told(Mark.GOOD, "gate.scan.listed", code, counts=True)


def _plain(line: str) -> str:
    try:
        return codes.parse(line)
    except RegistryError:
        return line


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _weights(
    found: WholeManifest, filled: Mapping[str, str]
) -> list[dict[str, object]]:
    told = {drum.sscc: filled.get(f"kg_{drum.sscc}", "") for drum in found.drums}
    return [
        {"sscc": sscc, "mass_kg": load_form.number(text.strip().replace(",", "."))}
        for sscc, text in told.items()
        if text.strip()
    ]


def _form(
    found: WholeManifest,
    filled: Mapping[str, str],
    *,
    refusal: RegistryError | None = None,
) -> str:
    left = [pack for pack in found.packs if pack.status is not PackStatus.RECEIVED]
    weighed = [drum.sscc for drum in found.drums if filled.get(f"kg_{drum.sscc}")]
    return render(
        "gate.html",
        found=found,
        filled=filled,
        left=left,
        is_sent=found.record.status is not ManifestStatus.DRAFT,
        scanned=len(_lines(filled.get("codes", ""))),
        says=errors.words(refusal) if refusal else "",
        faults=_faults(refusal, weighed),
    )


def _faults(refusal: RegistryError | None, weighed: Sequence[str]) -> dict[str, str]:
    """Name the form's fields at fault: a line of the codes, a drum's mass."""
    if refusal is None:
        return {}
    found: dict[str, str] = {}
    for path, detail in errors.faults(refusal):
        parts = path.split(".")
        place = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else None
        if parts[0] == "drums" and place is not None and place < len(weighed):
            found[f"kg_{weighed[place]}"] = detail
        elif place is not None:
            found["codes"] = context.text("gate.line", line=place + 1, detail=detail)
        else:
            found["codes"] = detail
    return found
