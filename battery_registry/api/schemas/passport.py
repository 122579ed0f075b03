"""A battery's passport as it is answered, and what was declared for passports."""

from marshmallow import Schema, fields

from battery_registry.domain.passport import Source
from battery_registry.domain.passport_attributes import Aspect, Tier

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
    complete = fields.Dict(
        keys=fields.Enum(Aspect, by_value=fields.String),
        values=fields.Boolean(),
        required=True,
        metadata={"description": "Whether it tells all that its schema demands."},
    )
    sources = fields.Dict(
        keys=fields.Enum(Aspect, by_value=fields.String),
        values=fields.Dict(
            keys=fields.String(), values=fields.Enum(Source, by_value=fields.String)
        ),
        required=True,
        metadata={
            "description": "Where each attribute is from: measured or read by the "
            f"registry, or declared by the maker. {_POINTERS}"
        },
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


class DeclarationSchema(Schema):
    """One version of what was declared of an aspect."""

    declaration_id = fields.UUID(required=True)
    maker = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Of one battery; null if it is of a model."},
    )
    aspect = fields.Enum(Aspect, by_value=fields.String, required=True)
    version = fields.Integer(required=True)
    in_force = fields.Boolean(
        required=True, metadata={"description": "No later version replaced it."}
    )
    content = fields.Dict(keys=fields.String(), required=True)
    source = fields.String(required=True)
    declared_at = fields.DateTime(required=True)
    declared_by = fields.String(required=True)


class DeclarationsSchema(Schema):
    """A page of declarations, the newest first."""

    items = fields.List(fields.Nested(DeclarationSchema), required=True)
    next_cursor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Cursor of the next page; null on the last one."},
    )
