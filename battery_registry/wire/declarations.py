"""What makers declare for the passports, as JSON, and which of it is asked for."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields

from battery_registry.domain import code as codes
from battery_registry.domain.canonical import plain_json
from battery_registry.domain.code import PublicCode
from battery_registry.domain.declarations import (
    Declaration,
    DeclarationSubjectError,
    Subject,
)
from battery_registry.domain.passport import own_pointers, pointers
from battery_registry.domain.passport_attributes import Aspect
from battery_registry.wire import faults, query
from battery_registry.wire.bodies import BodySchema, load
from battery_registry.wire.fields import Choice, Text, sized, worded
from battery_registry.wire.page import PageSchema
from battery_registry.wire.passport_aspects import ASPECTS
from battery_registry.wire.query import Arguments

_NAME: Final = worded(1, 64)
_CODE: Final = sized(16, 200)
_LARGEST: Final = 65_536


class DeclarationRequestSchema(BodySchema):
    """What a maker declares of one aspect of a model, or of one battery."""

    maker = Text(validate=_NAME, metadata={"description": "As on the label."})
    model = Text(validate=_NAME, metadata={"description": "As on the label."})
    code = Text(
        validate=_CODE,
        metadata={"description": "Public code of one battery, instead of these."},
    )
    aspect = Choice(Aspect, required=True)
    content = fields.Raw(
        required=True,
        error_messages={"required": "wire.required", "null": "wire.null"},
        metadata={
            "type": "object",
            "description": "The aspect's attributes as Battery Pass spells them, at "
            "most 65,536 characters, without personal data; empty withdraws.",
        },
    )
    source = Text(
        required=True,
        validate=worded(3, 500),
        metadata={"description": "Where the maker says so: a document and its date."},
    )


class DeclarationQuerySchema(PageSchema):
    """Whose declarations, and which page of them."""

    maker = Text(validate=_NAME)
    model = Text(validate=_NAME)
    code = Text(
        validate=_CODE,
        metadata={"description": "One battery's own; not with `maker` or `model`."},
    )


def parse_declaration(raw: object) -> Declaration:
    """Read a declaration from parsed JSON.

    Raises:
        InvalidInputError: Fields or attributes are unknown or wrong; each is named.
        DeclarationSubjectError: It names no model and no battery, or both.
        CodeError: The label's code cannot be one.
    """
    told = load(DeclarationRequestSchema(), raw)
    code = told.get("code")
    subject = Subject(
        maker=told.get("maker"),
        model=told.get("model"),
        public_code=None if code is None else codes.parse(code),
    )
    content = check_content(
        told["content"], aspect=told["aspect"], is_own=code is not None
    )
    return Declaration(
        subject=subject,
        aspect=told["aspect"],
        content=content,
        source=told["source"],
    )


def check_content(raw: object, *, aspect: Aspect, is_own: bool) -> Mapping[str, Any]:
    """Check the attributes of an aspect; they are kept as they were written.

    Args:
        raw: The attributes, parsed JSON.
        aspect: Which aspect.
        is_own: They are one battery's own, not a model's.

    Raises:
        InvalidInputError: Attributes are unknown, wrong, or only a battery's to
            have; each is named.
    """
    if not isinstance(raw, dict):
        raise faults.refuse({"content": ["wire.not_object"]})
    try:
        ASPECTS[aspect]().load(raw)
    except ValidationError as error:
        raise faults.refuse({"content": error.messages}) from None
    if len(plain_json(raw)) > _LARGEST:
        raise faults.refuse({"content": [f"wire.length|0|{_LARGEST}"]})
    if not is_own:
        _check_is_of_model(raw, aspect)
    return raw


def _check_is_of_model(content: Mapping[str, Any], aspect: Aspect) -> None:
    own = own_pointers(aspect)
    wrong: dict[str, Any] = {}
    for pointer, _ in pointers(content):
        if pointer in own:
            place = wrong
            *parents, name = pointer.split("/")[1:]
            for each in parents:
                place = place.setdefault(each, {})
            place[name] = ["wire.own_value"]
    if wrong:
        raise faults.refuse({"content": wrong})


def parse_query(
    arguments: Arguments,
) -> tuple[str | None, str | None, PublicCode | None, str | None]:
    """Read whose declarations are asked for: maker, model, code, and the cursor.

    Raises:
        RepeatedParameterError: A parameter is given twice.
        InvalidInputError: A parameter is unknown or wrong; each is named.
        DeclarationSubjectError: A battery and a maker or model are named.
        CodeError: The label's code cannot be one.
    """
    told = query.load(DeclarationQuerySchema(), arguments)
    maker, model, code = told.get("maker"), told.get("model"), told.get("code")
    if code is not None and (maker is not None or model is not None):
        raise DeclarationSubjectError(field="code")
    public_code = None if code is None else codes.parse(code)
    return maker, model, public_code, told.get("cursor")
