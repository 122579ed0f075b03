"""A battery's passport as it is answered."""

from marshmallow import Schema, fields

from battery_registry.domain.passport import Aspect, Tier

_POINTERS = "JSON pointers within the aspect."


class PassportSchema(Schema):
    """A passport: the model's aspects, and what is not in them."""

    code = fields.String(required=True)
    model = fields.String(
        required=True, metadata={"description": "The data model and its release."}
    )
    tier = fields.Enum(Tier, by_value=fields.String, required=True)
    maker = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Its maker's name, as on the label."},
    )
    aspects = fields.Dict(
        keys=fields.Enum(Aspect, by_value=fields.String),
        values=fields.Dict(keys=fields.String()),
        required=True,
        metadata={"description": "What is known, each as Battery Pass spells it."},
    )
    missing = fields.Dict(
        keys=fields.Enum(Aspect, by_value=fields.String),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": f"Demanded, and not known here. {_POINTERS}"},
    )
    withheld = fields.Dict(
        keys=fields.Enum(Aspect, by_value=fields.String),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": f"Not for this reader. {_POINTERS}"},
    )
