"""Two imports of one file at once, and a database that goes away."""

import io
import json
import threading
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from battery_registry.store.db import Database, NotStoredError
from battery_registry.wire.importing import run as importing
from battery_registry.wire.importing import taking_in
from battery_registry.wire.importing.run import Wish
from battery_registry.wire.importing.sheets import File
from battery_registry.wire.importing.taking_in import Fate
from tests.builders import Registry, make_body
from tests.cli.test_import import count


def file_of(*bodies: dict[str, Any]) -> File:
    content = "".join(json.dumps(body) + "\n" for body in bodies).encode()
    return File(name="day.jsonl", open=lambda: io.BytesIO(content))


def take_all(registry: Registry, file: File) -> list[Fate]:
    opened = importing.prepare(registry.runtime, file, Wish(station="XC-01"))
    blocks = importing.take_in(registry.runtime, opened, dry_run=False)
    return [one.fate for block in blocks for one in block.taken]


def test_two_imports_of_one_file_at_once_add_each_row_once(
    registry: Registry, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BLOCK", 20)
    bodies = [make_body() for _ in range(120)]
    bodies[30]["ocv_v"] = 500
    file, fates = file_of(*bodies), list[Fate]()
    barrier = threading.Barrier(3)

    def take() -> None:
        barrier.wait()
        fates.extend(take_all(registry, file))

    both = [threading.Thread(target=take) for _ in range(3)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert count(database) == 119
    assert fates.count(Fate.ACCEPTED) == 119
    # One that comes late may go on where the others are.
    assert fates.count(Fate.REFUSED) <= 3
    assert set(take_all(registry, file)) == {Fate.DUPLICATE, Fate.REFUSED}


def refuse_with(error: type[OperationalError] | type[IntegrityError]) -> Any:
    def run(_database: object, _work: object) -> None:
        raise NotStoredError from error("x", {}, Exception("x"))

    return run


def test_a_database_that_is_gone_refuses_no_row(
    registry: Registry, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_of(make_body(), make_body())
    with monkeypatch.context() as patch:
        patch.setattr(Database, "run", refuse_with(OperationalError))
        with pytest.raises(NotStoredError):
            take_all(registry, file)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "run", refuse_with(IntegrityError))
        opened = importing.prepare(registry.runtime, file, Wish(station="XC-01"))
        taken = taking_in.keep(registry.runtime, list(opened.sheet.rows), "XC-01")
        assert [one.fate for one in taken] == [Fate.REFUSED] * 2
    assert take_all(registry, file) == [Fate.ACCEPTED] * 2
    assert count(database) == 2
