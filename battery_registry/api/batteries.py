"""Batteries as they stand, and what happened to them; never personal data."""

from typing import Any, Final

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import answer, moment
from battery_registry.api.custody import link_json
from battery_registry.api.schemas.batteries import (
    BatteriesSchema,
    BatteryQuerySchema,
    HistorySchema,
    LabelledBatterySchema,
)
from battery_registry.domain import code as codes
from battery_registry.domain.afterlife import BatteryDestroyedError, Sighting
from battery_registry.domain.caller import NotAllowedError, Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody import State
from battery_registry.domain.registration import BatteryUnknownError
from battery_registry.domain.roles import Role
from battery_registry.domain.sale import Reason
from battery_registry.queries import batteries, history
from battery_registry.queries.batteries import BatteryRecord
from battery_registry.queries.history import CodeChange, Inspected
from battery_registry.queries.score_today import ScoreToday
from battery_registry.wire import query

blueprint = Blueprint(
    "batteries",
    __name__,
    url_prefix="/api/v1/batteries",
    description="Batteries and their history",
)

_READERS: Final = only(
    inspector=Reach.ALL,
    collector=Reach.ALL,
    recycler=Reach.ALL,
    regulator=Reach.OWN_DISTRICT,
    auditor=Reach.ALL,
    admin=Reach.ALL,
)
# A plate leads from a person's vehicle to their battery; who only handles
# packs has no need of that.
_MAY_ASK_BY_PLATE: Final = frozenset({Role.INSPECTOR, Role.REGULATOR, Role.ADMIN})


@blueprint.get("")
@blueprint.doc(
    summary="Find batteries by a maker's code or a plate",
    parameters=[{"in": "query", "schema": BatteryQuerySchema}],
)
@blueprint.alt_response(200, schema=BatteriesSchema, description="What was found")
@describing.refuses(blueprint, 401, 403, 422)
@context.requires(_READERS)
def search() -> Response:
    """Find batteries by what their makers wrote on them, or by a plate."""
    asked = query.load(BatteryQuerySchema(), request.args)
    scope, now = context.scope(), context.now()
    with context.reading() as session:
        if "plate" in asked:
            _check_plate_reader()
            found = batteries.find_by_plate(
                session,
                plate=asked["plate"],
                vault=context.runtime().vault,
                scope=scope,
                now=now,
            )
        else:
            found = batteries.find_by_serial(
                session, serial=asked["serial"], scope=scope, now=now
            )
    return answer({"items": [_battery_json(record) for record in found]})


def _check_plate_reader() -> None:
    role = context.caller().role
    if role not in _MAY_ASK_BY_PLATE:
        raise NotAllowedError(field="plate", role=role.value)


@blueprint.get("/<string:code>")
@blueprint.doc(
    summary="Read a battery as it stands", parameters=[describing.CODE_PARAMETER]
)
@blueprint.alt_response(200, schema=LabelledBatterySchema, description="The battery")
@describing.refuses(blueprint, 401, 403, 404, 410, 422)
@context.requires(_READERS)
def read(code: str) -> Response:
    """Read a battery by its label; a replaced label still leads there.

    A destroyed one is gone: 410, with the same as `battery`.
    """
    public_code = codes.parse(code)
    with context.reading() as session:
        found = batteries.find(
            session, code=public_code, scope=context.scope(), now=context.now()
        )
    if found is None or found.battery is None:
        raise BatteryUnknownError
    record, replaced_by = found.battery, found.replaced_by
    if replaced_by or record.case_state is State.MISSING or _is_destroyed(record):
        context.report_sighting(public_code, seen=Sighting.SCAN)
    label = {
        "code": codes.show(public_code),
        "replaced_by": codes.show(replaced_by) if replaced_by else None,
    }
    told = {**_battery_json(record), "label": label}
    if _is_destroyed(record):
        raise BatteryDestroyedError(extra={"battery": told})
    return answer(told)


def _is_destroyed(record: BatteryRecord) -> bool:
    return Reason.DESTROYED in record.sale.reasons


@blueprint.get("/<string:code>/history")
@blueprint.doc(
    summary="Read what happened to a battery", parameters=[describing.CODE_PARAMETER]
)
@blueprint.alt_response(200, schema=HistorySchema, description="Its history")
@describing.refuses(blueprint, 401, 403, 404, 422)
@context.requires(_READERS)
def read_history(code: str) -> Response:
    """Read a battery's inspections, changes of code and hand-overs."""
    with context.reading() as session:
        found = batteries.find(
            session,
            code=codes.parse(code),
            scope=context.scope(),
            now=context.now(),
        )
        if found is None or found.battery is None:
            raise BatteryUnknownError
        told = history.find(session, battery_id=found.battery.battery_id)
    return answer(
        {
            "code": codes.show(found.battery.public_code),
            "inspections": [_inspected_json(each) for each in told.inspections],
            "code_changes": [_change_json(each) for each in told.code_changes],
            "custody_events": [link_json(each) for each in told.custody_events],
        }
    )


def _battery_json(record: BatteryRecord) -> dict[str, Any]:
    due, made = record.next_due, record.production_date
    return {
        "code": codes.show(record.public_code),
        "url": _url(record.public_code),
        "unit_kind": record.unit_kind,
        "chemistry": record.chemistry,
        "maker": record.maker,
        "model": record.model,
        "pack_code": record.pack_code,
        "label_nominal_voltage_v": record.label_nominal_voltage_v,
        "label_rated_capacity_ah": record.label_rated_capacity_ah,
        "production_date": made.isoformat() if made else None,
        "district": record.district_code,
        "code_in_force": record.code.value,
        "tested_at": moment(record.tested_at),
        "tested_by": record.tested_by.code,
        "score": record.score,
        "next_due": due.isoformat() if due else None,
        "fresh": record.is_fresh,
        "verdict": dict(record.verdict),
        "score_today": _today_json(record.score_today),
        "case_state": record.case_state.value if record.case_state else None,
        "sale": {
            "answer": record.sale.answer.value,
            "reasons": [reason.value for reason in record.sale.reasons],
        },
        "recalled_at": moment(record.recalled_at),
        "lost_reported_at": moment(record.lost_reported_at),
        "registered_at": moment(record.registered_at),
    }


def _today_json(today: ScoreToday | None) -> dict[str, Any] | None:
    if today is None:
        return None
    return {
        "code": today.code.value,
        "score": today.score,
        "ruleset": {"id": today.ruleset_id, "sha256": today.ruleset_sha256},
        "judged_at": moment(today.judged_at),
    }


def _url(public_code: PublicCode) -> str:
    return codes.url(context.runtime().settings.base_url, code=public_code)


def _inspected_json(each: Inspected) -> dict[str, Any]:
    return {
        "inspection_id": str(each.inspection_id),
        "tested_at": moment(each.tested_at),
        "received_at": moment(each.received_at),
        "station": each.station_code,
        "instrument": each.instrument_code,
        "instrument_model": each.instrument_model,
        "internal_resistance_mohm": each.internal_resistance_mohm,
        "resistance_method": each.resistance_method,
        "max_output_voltage_v": each.max_output_voltage_v,
        "discharge_capacity_ah": each.discharge_capacity_ah,
        "capacity_method": each.capacity_method,
        "ambient_temp_c": each.ambient_temp_c,
        "verdict": dict(each.verdict),
    }


def _change_json(each: CodeChange) -> dict[str, Any]:
    return {
        "at": moment(each.at),
        "from_code": each.from_code.value if each.from_code else None,
        "to_code": each.to_code.value,
        "inspection_id": str(each.inspection_id),
    }
