"""Files of inspections: the same wizard as ``battery-registry import``."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

from flask import Response, request
from flask_smorest import Blueprint

from battery_registry import context
from battery_registry.api import problem
from battery_registry.api.answers import answer
from battery_registry.api.describing import refuses
from battery_registry.api.schemas.imports import ImportSchema
from battery_registry.domain import RegistryError
from battery_registry.domain.caller import Reach, only
from battery_registry.wire import import_query, packed
from battery_registry.wire.import_query import ImportQuerySchema
from battery_registry.wire.importing import failed_rows, run
from battery_registry.wire.importing.failed_rows import FailedRow
from battery_registry.wire.importing.run import Opened, Wish
from battery_registry.wire.importing.sheets import File
from battery_registry.wire.importing.taking_in import Taken

MOST_BYTES: Final = 64 * 1024 * 1024
# So that an answer comes before any proxy gives up; the rest by asking again.
MOST_BLOCKS: Final = 20
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    }
}

blueprint = Blueprint(
    "imports",
    __name__,
    url_prefix="/api/v1/imports",
    description="Files of inspections: CSV, XLSX, JSON lines",
)


class EmptyImportError(RegistryError):
    """There is no file in the request."""

    code = "upload_empty"


@blueprint.post("")
@blueprint.doc(
    summary="Hand in a file of inspections; send it again until it is complete",
    parameters=[
        {"in": "query", "schema": ImportQuerySchema},
        {
            "in": "header",
            "name": "Content-Encoding",
            "schema": {"type": "string", "enum": ["gzip", "identity"]},
        },
    ],
    requestBody={
        "required": True,
        "content": {
            "application/octet-stream": _BINARY,
            "text/csv": _BINARY,
            "multipart/form-data": _FORM,
        },
    },
)
@blueprint.alt_response(200, schema=ImportSchema, description="How far it has come")
@refuses(blueprint, 400, 401, 403, 422, 503)
@context.requires(only(inspector=Reach.OWN_STATION))
def hand_in() -> Response:
    """Take in a file's rows, at most 10,000 a request, each as one sent alone."""
    asked = import_query.parse(request.args)
    file = _file(asked.name)
    wish = Wish(
        station=context.caller().station_code,
        mapping=asked.mapping,
        save=asked.save_mapping,
        dry_run=asked.dry_run,
        after_row=asked.after_row,
    )
    registry = context.runtime()
    opened = run.prepare(registry, file, wish)
    blocks = run.take_in(
        registry, opened, dry_run=asked.dry_run, most_blocks=MOST_BLOCKS
    )
    return answer(_take(opened, blocks, dry_run=asked.dry_run))


def _file(name: str | None) -> File:
    sent = request.files.get("file")
    if sent is not None:
        with closing(sent):
            content, name = sent.read(), name or sent.filename
    else:
        content = request.get_data(cache=False)
    plain = packed.unpack(
        content,
        encoding=request.headers.get("Content-Encoding"),
        most_bytes=MOST_BYTES,
    )
    if not plain:
        raise EmptyImportError(field="file")
    return File(name=name or "", open=lambda: io.BytesIO(plain))


def _take(
    opened: Opened, blocks: Iterator[run.Block], *, dry_run: bool
) -> dict[str, Any]:
    reached, failed, is_complete = opened.run, list[FailedRow](), True
    for block in blocks:
        reached, is_complete = block.run, block.is_last
        failed += [_failed(one) for one in block.taken if one.refusal is not None]
    spelled = failed_rows.head(opened.sheet) + failed_rows.spell(opened.sheet, failed)
    return {
        "dry_run": dry_run,
        "kind": opened.sheet.kind.value,
        "encoding": opened.sheet.encoding,
        "is_complete": is_complete,
        "rows_done": reached.rows_done,
        "accepted": reached.accepted,
        "duplicate": reached.duplicate,
        "refused": reached.refused,
        "failed": [
            {
                "row": one.row.number,
                "faults": [
                    {"field": field, "detail": detail} for field, detail in one.faults
                ],
            }
            for one in failed
        ],
        "failed_file": spelled if failed else None,
    }


def _failed(taken: Taken) -> FailedRow:
    told = problem.body(taken.refusal) if taken.refusal is not None else {}
    errors = told.get("errors") or [{"field": "", "detail": told.get("detail", "")}]
    faults = tuple((each["field"], each["detail"]) for each in errors)
    return FailedRow(row=taken.row, faults=faults)
