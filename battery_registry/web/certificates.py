"""Papers: a clearance, a refusal to sell, the report of an inspection."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response

from battery_registry import context
from battery_registry.context import Face
from battery_registry.domain import checkpoint as spelled
from battery_registry.domain import code as public_codes
from battery_registry.domain import jwk
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.queries import sale
from battery_registry.queries.own_checks import OwnClearance
from battery_registry.services import checkpoints, paper, receipts
from battery_registry.services.paper import Paper, Section
from battery_registry.services.receipts import Receipt
from battery_registry.web import clearances, inspectors, language, reasons
from battery_registry.web.showing import city_time, plain, reading_name

_DEALERS: Final = only(dealer=Reach.OWN_ORGANISATION)

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/clearances/<uuid:clearance_id>.pdf")
@context.requires(_DEALERS)
def clearance(clearance_id: UUID) -> Response:
    """Print a clearance of one's own, as it was given and as it stands now."""
    given = clearances.get(clearance_id)
    told = given.clearance
    state = _standing(given)
    sections = (
        Section(title=context.text("paper.clearance"), facts=_given_facts(given)),
        Section(
            title=context.text("paper.verify"),
            sentences=(context.text("paper.clearance_verify"),),
        ),
        _ledger(),
    )
    key = f"sale.answer.{told.answer}" if state == "holds" else f"paper.{state}"
    return _answer(
        f"clearance-{clearance_id}",
        _paper(
            title=context.text("paper.clearance"),
            answer=context.text(key),
            lead=context.text(f"paper.clearance.{state}"),
            code=public_codes.parse(told.code),
            sections=sections,
        ),
    )


@blueprint.get("/sale-answers/<code>.pdf")
@context.requires(_DEALERS)
def sale_answer(code: str) -> Response:
    """Print what is answered about a sale at this moment, above all a no."""
    asked = public_codes.parse(code)
    with context.reading() as session:
        found = sale.answer(session, code=asked, now=context.now())
    context.note_check(face=Face.CODE, subject=asked, answer=found.answer.value)
    why = tuple(context.text(f"sale.reason.{reason}") for reason in found.reasons)
    sections = (
        Section(
            title=context.text("paper.reasons"),
            sentences=why or (context.text("paper.no_reasons"),),
        ),
        Section(
            title=context.text("paper.answer"),
            facts=(
                (context.text("battery.label_code"), public_codes.show(asked)),
                (context.text("paper.asked_at"), city_time(found.checked_at)),
            ),
        ),
        _ledger(),
    )
    return _answer(
        f"sale-answer-{public_codes.show(asked)}",
        _paper(
            title=context.text("paper.refusal")
            if not found.is_sellable
            else context.text("paper.answer"),
            answer=context.text(f"sale.answer.{found.answer}"),
            lead=context.text("paper.answer_says"),
            code=asked,
            sections=sections,
        ),
    )


@blueprint.get("/inspections/<uuid:inspection_id>.pdf")
@context.requires(only(inspector=Reach.OWN_STATION))
def inspection(inspection_id: UUID) -> Response:
    """Print the report of an inspection of one's own station."""
    with context.reading() as session:
        receipt = receipts.find(
            session, inspection_id=inspection_id, scope=context.scope()
        )
        if receipt is None:
            raise inspectors.NoSuchInspectionError
    verdict = receipt.verdict
    return _answer(
        f"inspection-{inspection_id}",
        _paper(
            title=context.text("paper.inspection"),
            answer=context.text(f"code.{verdict['code']}.name"),
            lead=context.text(f"code.{verdict['code']}.say"),
            code=PublicCode(receipt.public_code),
            sections=_inspected(receipt),
        ),
    )


def _inspected(receipt: Receipt) -> Sequence[Section]:
    verdict = receipt.verdict
    told = reasons.for_inspectors(verdict) or [context.text("verdict.no_reasons")]
    parts = [
        Section(title=context.text("verdict.reasons"), sentences=told),
        Section(title=context.text("paper.rules"), sentences=_rules(verdict)),
        Section(
            title=context.text("paper.inspection"), facts=_inspection_facts(receipt)
        ),
        Section(
            title=context.text("paper.note"),
            sentences=(context.text("paper.inspection_says"),),
        ),
        _ledger(),
    ]
    return [part for part in parts if part.facts or part.sentences or part.fixed]


def _rules(verdict: Mapping[str, Any]) -> list[str]:
    lang = context.language()
    return [
        f"{rule['rule_id']} ({rule['clause']}): {rule['text'][lang]} "
        + "; ".join(
            f"{reading_name(name)} {plain(value)}"
            for name, value in rule["inputs"].items()
        )
        for rule in verdict["fired"]
    ]


def _inspection_facts(receipt: Receipt) -> list[tuple[str, str]]:
    verdict, case = receipt.verdict, receipt.case
    facts = [
        (
            context.text("battery.label_code"),
            public_codes.show(PublicCode(receipt.public_code)),
        ),
        (context.text("paper.inspection_id"), str(receipt.inspection_id)),
        (context.text("verdict.received"), city_time(receipt.received_at)),
        (context.text("verdict.score"), plain(verdict["score"])),
        (context.text("paper.ruleset"), str(verdict["ruleset"]["id"])),
        (context.text("battery.next_due"), plain(verdict["next_due"])),
    ]
    if verdict["missing"]:
        names = ", ".join(reading_name(name) for name in verdict["missing"])
        facts.append((context.text("verdict.missing"), names))
    if receipt.code_in_force != verdict["code"]:
        facts.append(
            (
                context.text("paper.in_force"),
                context.text(f"code.{receipt.code_in_force}.name"),
            )
        )
    if case is not None:
        facts.append(
            (
                context.text("verdict.custody"),
                context.text(f"custody.state.{case.state}"),
            )
        )
    return facts


def _standing(given: OwnClearance) -> str:
    if given.revoked_at is not None:
        return "revoked"
    return "holds" if given.holds(now=context.now()) else "expired"


def _given_facts(given: OwnClearance) -> list[tuple[str, str]]:
    told = given.clearance
    facts = [
        (context.text("battery.label_code"), told.code),
        (context.text("paper.given_to"), context.caller().organisation_code),
        (context.text("paper.purpose"), context.text(f"paper.purpose.{told.purpose}")),
        *(
            (context.text("paper.notice"), context.text(f"sale.reason.{each}"))
            for each in told.reasons
        ),
        (context.text("paper.issued_at"), city_time(told.issued_at)),
        (context.text("paper.expires_at"), city_time(told.expires_at)),
        ("jti", told.clearance_id),
        ("kid", jwk.public_jwk(context.runtime().settings.signing_key)["kid"]),
        (context.text("paper.status_list"), told.status_list),
        (context.text("paper.position"), str(told.position)),
    ]
    if given.revoked_at is not None:
        facts.append((context.text("paper.revoked_at"), city_time(given.revoked_at)))
    return facts


def _ledger() -> Section:
    with context.reading() as session:
        sealed = checkpoints.find_newest(session)
    if sealed is None:
        return Section(
            title=context.text("paper.ledger"),
            sentences=(context.text("paper.ledger_none"),),
        )
    host = urlsplit(context.runtime().settings.base_url).netloc
    return Section(
        title=context.text("paper.ledger"),
        sentences=(
            context.text("paper.ledger_says", time=city_time(sealed.sealed_at)),
        ),
        fixed=spelled.text(sealed, origin=host),
    )


def _paper(
    *, title: str, answer: str, lead: str, code: PublicCode, sections: Sequence[Section]
) -> Paper:
    now = context.now()
    return Paper(
        title=title,
        answer=answer,
        lead=lead,
        code=public_codes.show(code),
        address=public_codes.url(context.runtime().settings.base_url, code=code),
        sections=sections,
        footer=context.text(
            "paper.footer", name=context.text("site.name"), time=city_time(now)
        ),
        missing_note=context.text("paper.missing_sign"),
        made_at=now,
        language=language.html(),
    )


def _answer(name: str, told: Paper) -> Response:
    response = Response(paper.draw(told), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
