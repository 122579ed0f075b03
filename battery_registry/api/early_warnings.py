"""Early warnings: which models and months stand out, and what to propose."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer
from battery_registry.api.schemas.early_warnings import EarlyWarningsSchema
from battery_registry.domain.caller import Reach, only
from battery_registry.queries import early_warning
from battery_registry.scoring.quality.early_warning import EarlyWarning, Level
from battery_registry.wire.early_warning import proposal

blueprint = Blueprint(
    "early_warnings",
    __name__,
    url_prefix="/api/v1/early-warnings",
    description="Models and months that turn red, fade or burn beyond chance",
)


@blueprint.get("")
@blueprint.doc(summary="List what stands out, the gravest first")
@blueprint.alt_response(200, schema=EarlyWarningsSchema, description="The warnings")
@describing.refuses(blueprint, 401, 403)
@context.requires(only(regulator=Reach.ALL, auditor=Reach.ALL, admin=Reach.ALL))
def list_warnings() -> Response:
    """List models and months of production beyond what chance explains.

    A warning recalls nothing: `proposal` is what a human may send as a recall.
    """
    with context.reading() as session:
        found = early_warning.find(session)
    return answer({"items": [_warning_json(one) for one in found]})


def _warning_json(one: EarlyWarning) -> dict[str, Any]:
    return {
        "maker": one.maker,
        "model": one.model,
        "month": one.month,
        "level": one.level.value,
        "signs": [sign.value for sign in one.signs],
        "packs": one.n,
        "red": one.red,
        "expected_red": one.expected_red,
        "rate": one.rate,
        "others_rate": one.others_rate,
        "chance": one.chance,
        "fade_pct": one.fade_pct,
        "others_fade_pct": one.others_fade_pct,
        "fires": one.fires,
        "proposal": proposal(one) if one.level is Level.PROPOSE else None,
    }
