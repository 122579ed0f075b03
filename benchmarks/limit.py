"""The limit: what a server can do that only reads and writes the rows.

A bare WSGI application on the same server and the same tables. It parses the
same JSON and writes or reads the same rows, as durably, through prepared raw
statements on a connection of its own for each thread. It checks nothing,
judges nothing and asks nobody who they are.
"""

import json
import os
import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from benchmarks import moulds, raw
from benchmarks.limit_reads import battery, red_list, sale
from benchmarks.moulds import Mould
from benchmarks.raw import Counts, Raw

DATABASE = "LIMIT_DATABASE_URL"
PATTERN = "LIMIT_PATTERN_BATTERY"
TABLES = "LIMIT_TABLES"
COUNTER_SLOTS = 16

# Columns that take the value of the body's field of their name.
_FROM_BODY = {
    *("maker", "model", "pack_code", "unit_kind", "chemistry"),
    *("label_nominal_voltage_v", "label_rated_capacity_ah", "production_date"),
    *("internal_resistance_mohm", "resistance_method", "max_output_voltage_v"),
    *("discharge_capacity_ah", "capacity_method", "ambient_temp_c"),
}
_BATTERIES = "/api/v1/batteries/"
_RESALE = "/api/v1/resale/"

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Writer:
    """Casts the rows of an inspection of a new battery, and writes them.

    Args:
        connection: Where the pattern is read.
        tables: Which tables the service writes, in their order.
        battery_id: The battery whose rows are the pattern.
    """

    def __init__(
        self, connection: Raw, *, tables: Sequence[str], battery_id: UUID
    ) -> None:
        """Read the pattern, and make moulds of it."""
        found = raw.pattern(connection, tables, battery_id)
        by_table = dict(found)
        inspection, battery_row = by_table["inspections"], by_table["batteries"]
        marks = {
            battery_row["battery_id"]: "battery_id",
            inspection["inspection_id"]: "inspection_id",
            battery_row["public_code"]: "public_code",
            battery_row["pack_code"]: "pack_code",
            inspection["body"]: "body",
            **_sale_marks(row for table, row in found if table == "sale_keys"),
        }
        self._moulds = [
            moulds.make(table, row, marks=marks, named=_FROM_BODY)
            for table, row in found
        ]
        counter = connection.rows(
            f"SELECT * FROM {raw.COUNTERS} WHERE station_id = %s LIMIT 1",  # noqa: S608 - own name
            (inspection["station_id"],),
        )[0]
        self._counted = {n: v for n, v in counter.items() if n != "inspections"}
        self._received = str(inspection["received_at"])
        self._verdict = by_table["evaluations"]["record"]

    def write(self, connection: Raw, bodies: Sequence[dict[str, Any]]) -> list[str]:
        """Write the rows of each body; gives the receipts as JSON."""
        rows: dict[Mould, list[list[Any]]] = {mould: [] for mould in self._moulds}
        receipts, slots = [], [0] * COUNTER_SLOTS
        for body in bodies:
            given = self._given(connection, body)
            for mould in self._moulds:
                rows[mould].append(
                    mould.cast(given, lambda: connection.spell(moulds.new_id()))
                )
            slots[random.randrange(COUNTER_SLOTS)] += 1  # noqa: S311 - not a secret
            receipts.append(self._receipt(given["public_code"], body))
        connection.write(_by_table(rows), self._counts(slots))
        return receipts

    def _given(self, connection: Raw, body: dict[str, Any]) -> Mapping[str, Any]:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return {
            **body,
            "battery_id": connection.spell(moulds.new_id()),
            "inspection_id": connection.spell(UUID(body["inspection_id"])),
            "public_code": moulds.new_code(),
            "body": text,
            # Each battery has its own place in the indexes of these.
            "label_prefix": _new_prefix(),
            "serial_prefix": _new_prefix(),
            "skeleton": body["pack_code"].replace("-", ""),
        }

    def _counts(self, slots: Sequence[int]) -> Counts:
        columns = [*self._counted, "inspections"]
        rows = [
            [*{**self._counted, "slot": slot}.values(), count]
            for slot, count in enumerate(slots)
            if count
        ]
        return Counts(columns, rows)

    def _receipt(self, public_code: str, body: Mapping[str, Any]) -> str:
        return (
            f'{{"inspection_id":"{body["inspection_id"]}",'
            f'"received_at":"{self._received}","battery":{{"code":"{public_code}",'
            f'"url":"http://127.0.0.1:8000/b/{public_code}"}},'
            f'"verdict":{self._verdict},"battery_code_in_force":"green","case":null}}'
        )


def _sale_marks(rows: Iterable[Mapping[str, Any]]) -> dict[Any, str]:
    marks = dict[Any, str]()
    for row in rows:
        if row["skeleton"] is None:
            marks[row["prefix"]] = "label_prefix"
        else:
            marks |= {row["prefix"]: "serial_prefix", row["skeleton"]: "skeleton"}
    return marks


def _new_prefix() -> str:
    return f"{random.getrandbits(20):05x}"


def _by_table(rows: dict[Mould, list[list[Any]]]) -> dict[Mould, list[list[Any]]]:
    """Put moulds of one table and the same columns together, for one COPY."""
    together: dict[tuple[str, tuple[str, ...]], Mould] = {}
    joined: dict[Mould, list[list[Any]]] = {}
    for mould, some in rows.items():
        first = together.setdefault((mould.table, mould.columns), mould)
        if len(some) == 1 or first is mould:
            joined[mould] = some
        else:
            joined[first] = joined[first] + some
    return joined


class Limit:
    """The application; ``from_environment`` makes it."""

    def __init__(self, *, url: str, tables: Sequence[str], battery_id: UUID) -> None:
        """Read the pattern once, for all threads."""
        self._url = url
        self._threads = threading.local()
        self._writer = Writer(self._own(), tables=tables, battery_id=battery_id)

    def __call__(
        self, environ: Mapping[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request."""
        status, text = self._answer(environ)
        body = text.encode()
        start_response(
            status,
            [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
        )
        return [body]

    def close(self) -> None:
        """Close the connection of this thread."""
        self._own().close()
        del self._threads.connection

    def _own(self) -> Raw:
        """The connection of this thread."""
        if not hasattr(self._threads, "connection"):
            self._threads.connection = raw.connect(self._url)
        connection: Raw = self._threads.connection
        return connection

    def _answer(self, environ: Mapping[str, Any]) -> tuple[str, str]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "POST":
            length = int(environ["CONTENT_LENGTH"])
            return self._hand_in(environ["wsgi.input"].read(length))
        if path.startswith(_BATTERIES):
            return "200 OK", battery(self._own(), path.removeprefix(_BATTERIES))
        if path.startswith(_RESALE):
            return "200 OK", sale(self._own(), path.removeprefix(_RESALE))
        if path == "/healthz":
            return "200 OK", "{}"
        asked = parse_qs(environ["QUERY_STRING"])
        limit = int(asked["limit"][0])
        return "200 OK", red_list(self._own(), asked["district"][0], limit)

    def _hand_in(self, body: bytes) -> tuple[str, str]:
        parsed = json.loads(body)
        batch = parsed.get("inspections")
        receipts = self._writer.write(self._own(), batch or [parsed])
        if batch is None:
            return "201 Created", receipts[0]
        results = (
            f'{{"index":{index},"inspection_id":"{one["inspection_id"]}",'
            f'"status":"accepted","receipt":{receipt}}}'
            for index, (one, receipt) in enumerate(zip(batch, receipts, strict=True))
        )
        return "200 OK", f'{{"results":[{",".join(results)}]}}'


def from_environment() -> Limit:
    """Make the application that a web server serves."""
    return Limit(
        url=os.environ[DATABASE],
        tables=os.environ[TABLES].split(","),
        battery_id=UUID(os.environ[PATTERN]),
    )
