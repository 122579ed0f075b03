"""What is asked about a battery before and at its sale, as JSON."""

from typing import Final

from battery_registry.domain.clearance import Purpose
from battery_registry.wire.bodies import BodySchema
from battery_registry.wire.fields import Choice, Text, sized

LONGEST_CODE: Final = 200


class ClearanceAskedSchema(BodySchema):
    """Which battery, and what for."""

    code = Text(
        required=True,
        validate=sized(1, LONGEST_CODE),
        metadata={"description": "Public code, as typed or scanned."},
    )
    purpose = Choice(Purpose, load_default=Purpose.SALE)
