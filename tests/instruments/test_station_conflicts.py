"""A 409: the registry's own is a refusal, any other one passes."""

from pathlib import Path

import pytest

from instruments.station.entry import State
from instruments.station.queue import Queue
from instruments.station.sender import Sender, Stop, open_client
from tests.instruments.played_registry import KEY, Fault, play_registry
from tests.instruments.station_parts import NOW, Clock, make_body

_OWN = '{"code": "label_second", "detail": "it has a label"}'


@pytest.mark.parametrize(
    ("body", "stop", "state"),
    [
        (_OWN, Stop.EMPTY, State.REFUSED),
        ('{"title": "Conflict"}', Stop.WAITING, State.QUEUED),
        ("<html>", Stop.WAITING, State.QUEUED),
    ],
)
@pytest.mark.parametrize("count", [1, 2])
def test_only_the_registrys_own_conflict_settles_a_reading(
    tmp_path: Path, body: str, stop: Stop, state: State, count: int
) -> None:
    with play_registry() as registry, Queue(tmp_path / "queue.sqlite3") as queue:
        for number in range(count):
            queue.put(make_body(number), now=NOW)
        registry.fault = lambda _number, _items: Fault(status=409, body=body)
        with open_client(registry.url, KEY, software_version="0") as client:
            report = Sender(queue, client, world=Clock().world()).run()

        assert report.stop is stop
        assert {entry.state for entry in queue.entries()} == {state}
        if state is State.REFUSED:
            assert queue.entries()[0].problem == {
                "code": "label_second",
                "detail": "it has a label",
            }
