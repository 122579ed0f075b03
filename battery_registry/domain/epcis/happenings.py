"""What happened to a battery, as the registry kept it: what events are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from battery_registry.domain.code import PublicCode
from battery_registry.domain.custody_edges import State
from battery_registry.domain.roles import Role
from battery_registry.scoring.evaluation import Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A label was bound to a battery, or taken out of use.

    Args:
        code: The label's code.
        at: When, aware.
        is_bound: True for bound, False for taken out of use.
    """

    code: PublicCode
    at: datetime
    is_bound: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """A battery was measured and judged.

    Args:
        inspection_id: Made by the station.
        code: The label it bore then.
        tested_at: When it was measured, aware.
        received_at: When the registry learned of it, aware.
        station_code: Where.
        instrument_code: With which of the station's instruments.
        verdict: The code it was given.
        internal_resistance_mohm: Milliohm.
        max_output_voltage_v: Volt.
        discharge_capacity_ah: Ampere-hours.
        capacity_fade_pct: Per cent of the rated capacity.
        ambient_temp_c: Degrees Celsius.
        alarms: Inputs that a rule which gives red was read from.
    """

    inspection_id: UUID
    code: PublicCode
    tested_at: datetime
    received_at: datetime
    station_code: str
    instrument_code: str
    verdict: Code
    internal_resistance_mohm: float | None
    max_output_voltage_v: float | None
    discharge_capacity_ah: float | None
    capacity_fade_pct: float | None
    ambient_temp_c: float
    alarms: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """An event was declared wrong.

    Args:
        at: When, aware.
        reason: ``incorrect_data`` or ``did_not_occur``.
        corrective: Events that put it right, by the registry's own ids.
    """

    at: datetime
    reason: str
    corrective: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stepped:
    """A red case was opened or went a step on.

    Args:
        event_id: The registry's own id of it.
        case_id: The case.
        seq: Its number in the case.
        code: The label the case was opened under.
        from_state: None at the opening.
        to_state: The state after it.
        giver: ``resident`` or an organisation's code.
        receiver: Likewise.
        occurred_at: When, aware.
        recorded_at: When the registry learned of it, aware.
        biz_step: CBV business step.
        disposition: CBV disposition.
        signed_by: The organisation that signed.
        signed_as: In which role.
        evidence: What proves it, without personal data.
        inspection: What opened the case; None for every later step.
        is_recalled: Its maker's batteries are recalled then, red or not.
        declared: It was declared wrong afterwards.
    """

    event_id: UUID
    case_id: UUID
    seq: int
    code: PublicCode
    from_state: State | None
    to_state: State
    giver: str
    receiver: str
    occurred_at: datetime
    recorded_at: datetime
    biz_step: str
    disposition: str
    signed_by: str
    signed_as: Role
    evidence: Mapping[str, object]
    inspection: Inspected | None = None
    is_recalled: bool = False
    declared: Declared | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """Batteries were packed into a drum.

    Args:
        manifest_id: The manifest that lists them.
        sscc: The drum.
        packs: Their labels.
        at: When, aware.
        packed_by: The organisation that packed.
        damage_class: As a competent person judged.
        packing_instruction: Such as ``P908``.
        mass_kg: The drum's load, kilograms.
    """

    manifest_id: UUID
    sscc: str
    packs: tuple[PublicCode, ...]
    at: datetime
    packed_by: str
    damage_class: str
    packing_instruction: str
    mass_kg: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Recalled:
    """A battery was recalled with its like, or a recall of it was withdrawn.

    Args:
        event_id: The registry's own id of it.
        recall_id: The recall.
        code: The label it bore then.
        at: When, aware.
        is_over: True for withdrawn.
        stays: Withdrawn, and still red, or recalled by another recall.
    """

    event_id: UUID
    recall_id: UUID
    code: PublicCode
    at: datetime
    is_over: bool = False
    stays: bool = False


Happening = Labelled | Inspected | Stepped | Packed | Recalled
