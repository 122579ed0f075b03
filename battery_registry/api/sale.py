"""May it be sold? Answered to anybody who holds a code."""

from collections.abc import Iterable

from flask import Response
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer, moment
from battery_registry.api.schemas.sale import SaleSchema
from battery_registry.context import Face
from battery_registry.domain import code as codes
from battery_registry.domain.afterlife import BatteryDestroyedError, Sighting
from battery_registry.domain.caller import PUBLIC
from battery_registry.domain.sale import Reason
from battery_registry.queries import sale

blueprint = Blueprint(
    "sale",
    __name__,
    url_prefix="/api/v1/resale",
    description="May this battery be sold?",
)


@blueprint.get("/<string:code>")
@blueprint.doc(
    summary="Ask whether a battery may be sold",
    security=[],
    parameters=[describing.CODE_PARAMETER],
)
@blueprint.alt_response(200, schema=SaleSchema, description="The answer for now")
@describing.refuses(blueprint, 410, 422)
@context.requires(PUBLIC)
def check(code: str) -> Response:
    """Answer for one code, without an account.

    A code that nobody knows is answered too: `unknown`, `sellable: false`. That
    of a destroyed battery is gone: 410, with the same members.
    """
    public_code = codes.parse(code)
    with context.asking() as connection:
        found = sale.answer(connection, code=public_code, now=context.now())
    context.note_check(face=Face.CODE, subject=public_code, answer=found.answer.value)
    if found.is_ended:
        context.report_sighting(public_code, seen=Sighting.SALE_CHECK)
    if Reason.DESTROYED in found.reasons:
        raise BatteryDestroyedError(
            extra={
                "answer": found.answer.value,
                "sellable": False,
                "reasons": reasons_json(found.reasons),
            }
        )
    return answer(
        {
            "code": codes.show(found.code),
            "answer": found.answer.value,
            "sellable": found.is_sellable,
            "reasons": reasons_json(found.reasons),
            "checked_at": moment(found.checked_at),
        }
    )


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Spell reasons: the stable code, and its words for the reader."""
    return [
        {"code": reason.value, "text": context.text(f"sale.reason.{reason}")}
        for reason in reasons
    ]
