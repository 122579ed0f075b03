"""Our own events against GS1's schema: one of every sort that a chain can hold."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import jsonschema

from battery_registry.conformance.suite import Failure, Suite, read_json
from battery_registry.domain import code as codes
from battery_registry.domain.custody_edges import EDGES, State
from battery_registry.domain.epcis import document
from battery_registry.domain.epcis.happenings import (
    Declared,
    Happening,
    Inspected,
    Labelled,
    Packed,
    Recalled,
    Stepped,
)
from battery_registry.domain.epcis.names import Names
from battery_registry.domain.roles import Role
from battery_registry.scoring.evaluation import Code

_SCHEMA: Final = Path("gs1-epcis-2.0") / "EPCIS-JSON-Schema.json"
_FORMATS: Final = ("uri", "date-time")
_NAMES: Final = Names(base_url="https://registry.example")
_NOW: Final = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_CODE: Final = codes.mint(b"0123456789")
_ID: Final = UUID(int=1)


def run(folder: Path) -> tuple[Suite, ...]:
    """Hold a document of each sort of event against the schema, formats checked.

    Args:
        folder: The folder of all vectors.
    """
    validator = jsonschema.Draft7Validator(
        read_json(folder / _SCHEMA), format_checker=jsonschema.FormatChecker(_FORMATS)
    )
    cases, failures = 0, []
    for case, happening in _happenings():
        cases += 1
        told = document.chain([happening], names=_NAMES, now=_NOW)
        error = next(validator.iter_errors(told), None)
        if error is not None:
            failures.append(Failure(case=case, detail=error.message[:200]))
    return (
        Suite(
            id="gs1-epcis-2.0/told",
            title="EPCIS 2.0 events that we tell, each sort (GS1's schema and formats)",
            cases=cases,
            failures=tuple(failures),
        ),
    )


def _happenings() -> Iterator[tuple[str, Happening]]:
    yield "label bound", Labelled(code=_CODE, at=_NOW, is_bound=True)
    yield "label taken off", Labelled(code=_CODE, at=_NOW, is_bound=False)
    for verdict in Code:
        yield f"inspection {verdict}", _inspected(verdict)
    yield "red", _stepped(None, State.FLAGGED, inspection=_inspected(Code.RED))
    yield (
        "red by mistake",
        _stepped(
            None,
            State.FLAGGED,
            inspection=_inspected(Code.RED),
            declared=Declared(at=_NOW, reason="incorrect_data"),
        ),
    )
    for (before, after), edge in EDGES.items():
        yield (
            f"{before} to {after}",
            _stepped(
                before, after, biz_step=edge.biz_step, disposition=edge.disposition
            ),
        )
    yield "cleared", _stepped(State.FLAGGED, State.CLEARED, disposition="available")
    yield "packed", _packed()
    for case, changes in (
        ("recalled", {}),
        ("recall withdrawn", {"is_over": True}),
        ("recall withdrawn, still red", {"is_over": True, "stays": True}),
    ):
        yield (
            case,
            Recalled(event_id=_ID, recall_id=_ID, code=_CODE, at=_NOW, **changes),
        )


def _inspected(verdict: Code) -> Inspected:
    is_red = verdict is Code.RED
    return Inspected(
        inspection_id=_ID,
        code=_CODE,
        tested_at=_NOW,
        received_at=_NOW + timedelta(minutes=1),
        station_code="XC-01",
        instrument_code="EBC 1",
        verdict=verdict,
        internal_resistance_mohm=612.5 if is_red else 120.0,
        max_output_voltage_v=54.2,
        discharge_capacity_ah=19.0 if is_red else None,
        capacity_fade_pct=5.0,
        ambient_temp_c=-3.5,
        alarms=frozenset({"internal_resistance_mohm", "leakage"} if is_red else ()),
    )


def _stepped(before: State | None, after: State, **changes: Any) -> Stepped:
    told: dict[str, Any] = {
        "event_id": _ID,
        "case_id": _ID,
        "seq": 1,
        "code": _CODE,
        "from_state": before,
        "to_state": after,
        "giver": "resident",
        "receiver": "xicheng-checks",
        "occurred_at": _NOW,
        "recorded_at": _NOW,
        "biz_step": "inspecting",
        "disposition": "non_conformant",
        "signed_by": "xicheng-checks",
        "signed_as": Role.INSPECTOR,
        # Numbers of papers are whatever people write on them.
        "evidence": {"certificate_number": "京 D/1", "mass_kg": 4.2, "note": "…"},
        **changes,
    }
    return Stepped(**told)


def _packed() -> Packed:
    return Packed(
        manifest_id=_ID,
        sscc="095200000000000015",
        packs=(_CODE,),
        at=_NOW,
        packed_by="city-collect",
        damage_class="damaged",
        packing_instruction="P908",
        mass_kg=4.2,
    )
