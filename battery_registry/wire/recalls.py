"""A recall as JSON."""

from battery_registry.domain.recalls import Criteria
from battery_registry.wire.appeals import BodySchema, load
from battery_registry.wire.fields import Day, Text, worded

_NAME = worded(1, 64)
_CODE = worded(4, 64)


class RecallRequestSchema(BodySchema):
    """What is to be recalled, and why; what is left out asks for nothing."""

    maker = Text(
        required=True, validate=_NAME, metadata={"description": "As on the label."}
    )
    model = Text(validate=_NAME, metadata={"description": "As on the label."})
    code_from = Text(
        validate=_CODE, metadata={"description": "First maker's code of a range."}
    )
    code_to = Text(
        validate=_CODE,
        metadata={"description": "Last one, itself included; of the same length."},
    )
    produced_from = Day()
    produced_until = Day(metadata={"description": "Last day, itself included."})
    reason = Text(
        required=True,
        validate=worded(3, 2_000),
        metadata={"description": "Why; without personal data."},
    )


def parse_recall(raw: object) -> tuple[Criteria, str]:
    """Read a recall: its criteria, and the reason for it.

    Raises:
        InvalidInputError: Fields are missing or wrong; each is named.
        RecallCriteriaError: The criteria contradict each other.
    """
    loaded = load(RecallRequestSchema(), raw)
    reason: str = loaded.pop("reason")
    return Criteria(**loaded), reason
