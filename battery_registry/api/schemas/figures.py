"""What is asked and answered about figures."""

from marshmallow import Schema, fields

from battery_registry.queries.figures import By
from battery_registry.scoring.evaluation import Code
from battery_registry.wire.fields import Text, spelled
from battery_registry.wire.query import QuerySchema, Words

_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class FiguresQuerySchema(QuerySchema):
    """What to split by, and which months."""

    by = Words(
        [by.value for by in By],
        metadata={"description": "What to split by, joined by commas."},
    )
    since = Text(
        validate=spelled(_MONTH), metadata={"description": "First month of testing."}
    )
    until = Text(
        validate=spelled(_MONTH), metadata={"description": "Last month of testing."}
    )


class FigureSchema(Schema):
    """A number of inspections, and what it is the number of."""

    inspections = fields.Integer(required=True)
    district = fields.String()
    month = fields.String()
    code = fields.Enum(
        Code,
        by_value=fields.String,
        metadata={"description": "The verdict of the inspection."},
    )
    maker = fields.String(
        metadata={"description": "As on the label; empty where there is none."}
    )
    station = fields.String()


class FiguresSchema(Schema):
    """Figures, sorted by what they are split by."""

    by = fields.List(fields.Enum(By, by_value=fields.String), required=True)
    items = fields.List(fields.Nested(FigureSchema), required=True)
    total = fields.Integer(required=True)
