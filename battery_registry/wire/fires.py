"""The report of a fire as JSON."""

from datetime import UTC
from typing import Any

from battery_registry.domain import code as codes
from battery_registry.domain.fires import Cause, Certainty, link_of
from battery_registry.services.fires import ToldFire
from battery_registry.wire.appeals import BodySchema, load
from battery_registry.wire.fields import (
    Choice,
    Moment,
    Text,
    sized,
    spelled,
    worded,
)

_NAME = worded(1, 64)


class FireRequestSchema(BodySchema):
    """A fire and the battery it is put down to: by label, serial, or model."""

    occurred_at = Moment(required=True)
    cause = Choice(Cause, required=True)
    certainty = Choice(
        Certainty,
        required=True,
        metadata={"description": "How sure the cause is."},
    )
    code = Text(
        validate=sized(16, 200),
        metadata={"description": "Public code of the burnt battery's label."},
    )
    serial = Text(validate=_NAME, metadata={"description": "Maker's code, as read."})
    maker = Text(validate=_NAME, metadata={"description": "With serial or model."})
    model = Text(validate=_NAME, metadata={"description": "Needs the maker too."})
    district = Text(
        validate=spelled("^[0-9]{6}$"),
        metadata={"description": "District code; an address is not taken."},
    )
    reference = Text(
        validate=_NAME,
        metadata={"description": "The authority's own number of the report."},
    )


def parse_fire(raw: object) -> ToldFire:
    """Read the report of a fire from parsed JSON.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
        FireLinkError: It names no battery, or names it twice.
        CodeError: The label's code cannot be one.
    """
    told: dict[str, Any] = load(FireRequestSchema(), raw)
    code = told.get("code")
    return ToldFire(
        occurred_at=told["occurred_at"].astimezone(UTC),
        cause=told["cause"],
        certainty=told["certainty"],
        link=link_of(
            has_code=code is not None,
            has_serial="serial" in told,
            has_model="maker" in told and "model" in told,
        ),
        public_code=codes.parse(code) if code is not None else None,
        serial=told.get("serial"),
        maker=told.get("maker"),
        model=told.get("model"),
        district_code=told.get("district"),
        reference=told.get("reference"),
    )
