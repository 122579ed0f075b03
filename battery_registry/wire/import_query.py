"""Parameters of ``POST /api/v1/imports``."""

from dataclasses import dataclass

from battery_registry.wire import json_text, query
from battery_registry.wire.fields import Text, sized
from battery_registry.wire.importing import mapping
from battery_registry.wire.importing.mapping import ColumnMapping
from battery_registry.wire.query import Arguments, FlagText, QuerySchema, WholeText


class ImportQuerySchema(QuerySchema):
    """How a file is to be taken in."""

    dry_run = FlagText(
        load_default=False, metadata={"description": "Check all, keep nothing."}
    )
    name = Text(
        load_default=None,
        validate=sized(1, 200),
        metadata={"description": "The file's name; its ending may say what it is."},
    )
    mapping = Text(
        load_default=None,
        validate=sized(1, 8000),
        metadata={
            "description": (
                'JSON: {"columns": {column: field}, "constants": {field: value}};'
                " without it, what was saved for the station."
            )
        },
    )
    save_mapping = FlagText(load_default=False)
    after_row = WholeText(
        load_default=0,
        metadata={"description": "Where a dry run goes on; rows_done of the last."},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportQuery:
    """How a file is to be taken in."""

    dry_run: bool
    name: str | None
    mapping: ColumnMapping | None
    save_mapping: bool
    after_row: int


def parse(arguments: Arguments) -> ImportQuery:
    """Read the parameters.

    Raises:
        RepeatedParameterError: One is given twice.
        InvalidInputError: One is unknown or wrong; each is named.
        MalformedBodyError: The mapping is no JSON.
    """
    told = query.load(ImportQuerySchema(), arguments)
    text = told["mapping"]
    chosen = mapping.parse(json_text.parse(text)) if text is not None else None
    return ImportQuery(**{**told, "mapping": chosen})
