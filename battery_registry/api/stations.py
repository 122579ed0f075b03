"""Stations: checks of their instruments, and how far their readings are believed."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import describing
from battery_registry.api.answers import MEDIA_TYPE, answer, moment
from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.api.schemas.quality import (
    KeptCheckSchema,
    QualitySchema,
)
from battery_registry.domain import code as codes
from battery_registry.domain.caller import Reach, only
from battery_registry.domain.code import PublicCode
from battery_registry.queries.quality import report
from battery_registry.queries.quality.instruments import Checked
from battery_registry.queries.quality.report import StationQuality
from battery_registry.scoring.quality.funnel import Limits, Standing
from battery_registry.scoring.quality.plausibility import BY_ID
from battery_registry.services import reference_checks
from battery_registry.services.reference_checks import ReferenceCheck
from battery_registry.wire import json_text, quality_period
from battery_registry.wire.quality_period import PeriodQuerySchema
from battery_registry.wire.reference_checks import ReferenceCheckSchema, parse_check

blueprint = Blueprint(
    "stations",
    __name__,
    url_prefix="/api/v1/stations",
    description="Stations and how far their readings can be believed",
)

_STATION = {
    "in": "path",
    "name": "station",
    "required": True,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The station's code, such as XC-01.",
}


@blueprint.get("/<string:station>/quality")
@blueprint.doc(
    summary="Read how far a station's readings can be believed",
    parameters=[_STATION, {"in": "query", "schema": PeriodQuerySchema}],
)
@blueprint.alt_response(200, schema=QualitySchema, description="What is known")
@describing.refuses(blueprint, 401, 403, 404, 422)
@context.requires(
    only(
        inspector=Reach.OWN_ORGANISATION,
        regulator=Reach.OWN_DISTRICT,
        auditor=Reach.ALL,
        admin=Reach.ALL,
    )
)
def quality(station: str) -> Response:
    """Read plausibility, last digits, copies, drift and the rate of red packs."""
    now = context.now()
    asked = quality_period.parse(request.args, now=now)
    with context.reading() as session:
        found = report.get(
            session,
            station_code=station,
            scope=context.scope(),
            period=asked,
            now=now,
        )
    return answer(_quality_json(found))


@blueprint.post("/<string:station>/reference-checks")
@blueprint.doc(
    summary="Hand in the check of an instrument by a known reference",
    parameters=[_STATION],
    requestBody={
        "required": True,
        "content": {MEDIA_TYPE: {"schema": ReferenceCheckSchema}},
    },
)
@blueprint.alt_response(
    201, schema=KeptCheckSchema, description="Recorded, now or when first told"
)
@describing.refuses(blueprint, 400, 401, 403, 404, 409, 422, 503)
@context.requires(only(inspector=Reach.OWN_STATION))
def check(station: str) -> Response:
    """Record what an instrument read of a pack or shunt whose value is known.

    Once a day for each instrument; after seven days without one its readings
    are told as unverified. Told again with the same `check_id` and values it
    gives the same answer.
    """
    if not request.is_json:
        raise BodyNotJsonError
    now = context.now()
    told = parse_check(json_text.parse(request.get_data(cache=False)), now=now)
    kept = context.transact(
        lambda session: reference_checks.record(
            session,
            station_code=station,
            told=told,
            scope=context.scope(),
            recorded_by=context.caller().organisation_code,
            now=now,
        )
    )
    return answer(_check_json(kept, station), status=201)


def _check_json(kept: ReferenceCheck, station: str) -> dict[str, Any]:
    return {
        "check_id": str(kept.told.check_id),
        "station": station,
        "instrument_id": kept.told.instrument_id,
        "quantity": kept.told.quantity.value,
        "error": kept.error_frac,
        "checked_at": moment(kept.told.checked_at),
        "valid_until": moment(kept.valid_until),
        "recorded_at": moment(kept.recorded_at),
    }


def _quality_json(found: StationQuality) -> dict[str, Any]:
    return {
        "station": found.place.code,
        "period": {
            "since": moment(found.period.since),
            "until": moment(found.period.until),
        },
        "red_rate": None if found.standing is None else _rate_json(found.standing),
        "city": {
            "rate": found.funnel.rate,
            "correlation": found.funnel.correlation,
            "correlation_is_estimated": found.funnel.is_estimated,
        },
        "findings": [
            {
                "id": doubt.finding,
                "severity": doubt.severity,
                "inspections": doubt.inspections,
                "text": {
                    "zh": BY_ID[doubt.finding].text.zh,
                    "en": BY_ID[doubt.finding].text.en,
                },
            }
            for doubt in found.doubts
        ],
        "last_digits": _digits_json(found),
        "copies": _copies_json(found),
        "instruments": [_instrument_json(one) for one in found.instruments],
    }


def _rate_json(standing: Standing) -> dict[str, Any]:
    return {
        "packs": standing.n,
        "red": standing.red,
        "expected_red": standing.expected,
        "rate": standing.rate,
        "adjusted_rate": standing.adjusted,
        "limits_95": _limits_json(standing.limits_95),
        "limits_99_8": _limits_json(standing.limits_998),
        "flag": standing.flag.value if standing.flag else None,
    }


def _limits_json(limits: Limits | None) -> dict[str, float] | None:
    return None if limits is None else {"low": limits.low, "high": limits.high}


def _digits_json(found: StationQuality) -> list[dict[str, Any]]:
    return [
        {
            "quantity": quantity.value,
            "readings": digits.last.n,
            "counts": list(digits.last.counts),
            "effect": digits.last.effect,
            "p": digits.last.p,
            "flagged": digits.last.flagged,
        }
        for quantity, digits in found.digits.items()
    ]


def _copies_json(found: StationQuality) -> dict[str, Any]:
    return {
        "readings": found.equal.n,
        "repeated": found.equal.repeated,
        "equal_pairs": found.equal.pairs,
        "pair_share": found.equal.pair_share,
        "flagged": found.equal.flagged,
        "equal_readings": [
            {
                "discharge_capacity_ah": one.discharge_capacity_ah,
                "internal_resistance_mohm": one.internal_resistance_mohm,
                "max_output_voltage_v": one.max_output_voltage_v,
                "packs": one.packs,
            }
            for one in found.equal_readings
        ],
        "shared_recordings": [
            {
                "recording_sha256": one.recording_sha256,
                "battery": codes.show(PublicCode(one.public_code)),
                "station": one.station_code,
                "tested_at": moment(one.tested_at),
            }
            for one in found.shared_recordings
        ],
    }


def _instrument_json(one: Checked) -> dict[str, Any]:
    return {
        "code": one.code,
        "model": one.model,
        "readings": one.readings,
        "unverified_readings": one.unverified_readings,
        "last_checked_at": moment(one.last_checked_at),
        "unverified": one.unverified,
        "drift": [
            {
                "quantity": quantity.value,
                "checks": drift.n,
                "mean_error": drift.mean_frac,
                "limit": drift.limit_frac,
                "alarms": drift.alarms,
                "out_of_control": drift.out_of_control,
            }
            for quantity, drift in one.drifts.items()
        ],
    }
