"""What is written of a judged inspection: record, code, notice, leaf, receipt."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from msgspec import Raw

from battery_registry.domain.city_time import city_month
from battery_registry.domain.custody import Case
from battery_registry.domain.ledger import LeafKind
from battery_registry.services import ledger, notices, sale_keys
from battery_registry.services.judged import Judged
from battery_registry.services.notices import Topic
from battery_registry.services.qualification import Post
from battery_registry.services.receipts import CaseNote, Receipt
from battery_registry.services.recognition import Recognition
from battery_registry.store.batteries import KnownBattery
from battery_registry.store.ids import new_id
from battery_registry.store.tables.batteries import battery, label, maker_code
from battery_registry.store.tables.blobs import inspection_photo
from battery_registry.store.tables.inspections import (
    code_change,
    evaluation,
    inspection,
    inspection_map,
)
from battery_registry.store.tables.quality import inspection_finding
from battery_registry.store.writes import Writes

_SLOT_BITS = 4
COUNTER_SLOTS = 1 << _SLOT_BITS


class Books:
    """Writes down what was judged, for one station at one time."""

    def __init__(self, writes: Writes, *, post: Post, now: datetime) -> None:
        """Remember where and when."""
        self._writes = writes
        self._post = post
        self._now = now

    def record(self, judged: Judged, *, body_mac: bytes) -> None:
        """Record the battery, the inspection, its evaluation and its count."""
        if judged.battery.known is None:
            self._register(judged)
        elif judged.decision.adopted:
            self._writes.change_battery(
                judged.battery.battery_id, **self._standing(judged)
            )
        self._bind_codes(judged)
        self._record_inspection(judged, body_mac)
        self._record_evaluation(judged)
        self._record_doubts(judged)
        self._record_photos(judged)
        self._count(judged)

    def _register(self, judged: Judged) -> None:
        measurement, identity = (
            judged.submission.measurement,
            judged.submission.identity,
        )
        self._writes.add(
            battery,
            battery_id=judged.battery.battery_id,
            public_code=judged.battery.public_code,
            unit_kind=measurement.unit_kind.value,
            chemistry=measurement.chemistry.value,
            maker=identity.maker,
            model=identity.model,
            pack_code=identity.pack_code,
            label_nominal_voltage_v=measurement.label_nominal_voltage_v,
            label_rated_capacity_ah=measurement.label_rated_capacity_ah,
            production_date=measurement.production_date,
            district_code=self._post.district_code,
            registered_at=self._now,
            recalled_at=None,
            **self._standing(judged),
        )
        sale_keys.add_label(
            self._writes,
            battery_id=judged.battery.battery_id,
            public_code=judged.battery.public_code,
        )
        if judged.battery.claims_label:
            self._writes.claim_label(
                judged.battery.public_code, judged.battery.battery_id, self._now
            )
            return
        self._writes.add(
            label,
            code=judged.battery.public_code,
            battery_id=judged.battery.battery_id,
            made_at=self._now,
            bound_at=self._now,
        )

    def _standing(self, judged: Judged) -> dict[str, Any]:
        return {
            "code": judged.decision.in_force.code.value,
            "code_tested_at": judged.decision.in_force.tested_at,
            "code_inspection_id": judged.submission.inspection_id,
            "score_tenths": judged.verdict.score_tenths,
            "next_due": judged.verdict.next_due,
        }

    def _bind_codes(self, judged: Judged) -> None:
        battery_id = judged.battery.battery_id
        for position, code in enumerate(judged.battery.new_codes):
            sale_keys.add_serial(self._writes, battery_id=battery_id, code=code)
            self._writes.add(
                maker_code,
                scheme=code.scheme.value,
                issuer=code.issuer,
                value=code.value,
                battery_id=battery_id,
                is_prior=position > 0,
                first_seen_at=self._now,
            )

    def _record_inspection(self, judged: Judged, body_mac: bytes) -> None:
        submission, measurement = judged.submission, judged.submission.measurement
        method = measurement.resistance_method
        self._writes.add(
            inspection,
            battery_id=judged.battery.battery_id,
            inspection_id=submission.inspection_id,
            station_id=self._post.station_id,
            instrument_id=judged.qualification.instrument_id,
            inspector_id=judged.qualification.inspector_id,
            tested_at=measurement.tested_at,
            received_at=self._now,
            internal_resistance_mohm=measurement.internal_resistance_mohm,
            resistance_method=method.value if method else None,
            max_output_voltage_v=measurement.max_output_voltage_v,
            discharge_capacity_ah=measurement.discharge_capacity_ah,
            capacity_method=measurement.capacity_method.value,
            capacity_fade_pct=judged.verdict.capacity_fade_pct,
            ambient_temp_c=measurement.ambient_temp_c,
            calibration_valid=judged.qualification.circumstances.calibration_valid,
            training_valid=judged.qualification.circumstances.training_valid,
            recording_sha256=submission.recording_sha256,
            body=submission.body,
        )
        self._writes.add(
            inspection_map,
            inspection_id=submission.inspection_id,
            battery_id=judged.battery.battery_id,
            station_id=self._post.station_id,
            body_mac=body_mac,
        )

    def _record_evaluation(self, judged: Judged) -> None:
        self._writes.add(
            evaluation,
            battery_id=judged.battery.battery_id,
            inspection_id=judged.submission.inspection_id,
            ruleset_id=judged.verdict.ruleset_id,
            code=judged.verdict.code.value,
            score_tenths=judged.verdict.score_tenths,
            next_due=judged.verdict.next_due,
            record=Raw(judged.record_json),
            evaluated_at=self._now,
            is_legal=True,
        )
        if judged.decision.changed:
            known = judged.battery.known
            self._writes.add(
                code_change,
                battery_id=judged.battery.battery_id,
                change_id=new_id(self._now),
                from_code=known.in_force.code.value if known else None,
                to_code=judged.decision.in_force.code.value,
                inspection_id=judged.submission.inspection_id,
                at=self._now,
            )

    def _record_doubts(self, judged: Judged) -> None:
        for doubt in judged.doubts:
            self._writes.add(
                inspection_finding,
                battery_id=judged.battery.battery_id,
                inspection_id=judged.submission.inspection_id,
                finding=doubt.rule.id,
                severity=doubt.rule.severity.value,
                value=doubt.value,
                station_id=self._post.station_id,
                received_at=self._now,
            )

    def _record_photos(self, judged: Judged) -> None:
        for sha256 in judged.submission.photos:
            self._writes.add(
                inspection_photo,
                battery_id=judged.battery.battery_id,
                inspection_id=judged.submission.inspection_id,
                sha256=sha256,
                station_id=self._post.station_id,
            )

    def _count(self, judged: Judged) -> None:
        self._writes.count(
            month=city_month(judged.submission.measurement.tested_at),
            district_code=self._post.district_code,
            station_id=self._post.station_id,
            maker=judged.submission.identity.maker or "",
            code=judged.verdict.code.value,
            # Which slot does not matter, only that neighbours take different ones.
            slot=random.getrandbits(_SLOT_BITS),
        )

    def tell(self, judged: Judged, *, opened: Case | None) -> None:
        """Tell of a battery that has turned red."""
        if opened is None:
            return
        notices.tell(
            self._writes,
            topic=Topic.RED_CODED,
            battery_id=judged.battery.battery_id,
            payload={
                "code": judged.battery.public_code,
                "district_code": self._post.district_code,
                "station": self._post.station_code,
                "rules": [fired.rule_id for fired in judged.verdict.fired],
                "inspection_id": str(judged.submission.inspection_id),
            },
            now=self._now,
        )

    def seal(self, judged: Judged) -> None:
        """Seal the inspection, and the change of code where there was one."""
        content = {
            "body": judged.submission.body,
            "verdict": judged.record_json,
            "received_at": self._now.isoformat(),
        }
        self._leaf(judged, LeafKind.INSPECTION, content)
        if judged.decision.changed:
            to_code = judged.decision.in_force.code.value
            self._leaf(judged, LeafKind.CODE_CHANGE, {"to_code": to_code})

    def _leaf(
        self, judged: Judged, kind: LeafKind, content: Mapping[str, object]
    ) -> None:
        ledger.seal(
            self._writes,
            kind=kind,
            battery_id=judged.battery.battery_id,
            subject_id=judged.submission.inspection_id,
            content=content,
            now=self._now,
        )

    def remember(
        self, judged: Judged, *, opened: Case | None, known: Recognition
    ) -> KnownBattery:
        """Let the next inspection of this delivery know what came of this one."""
        before, submission = judged.battery.known, judged.submission
        after = KnownBattery(
            battery_id=judged.battery.battery_id,
            public_code=judged.battery.public_code,
            pack_code=before.pack_code if before else submission.identity.pack_code,
            unit_kind=submission.measurement.unit_kind.value,
            in_force=judged.decision.in_force,
            case_id=before.case_id if before else None,
            case_state=before.case_state if before else None,
            case_due_at=before.case_due_at if before else None,
            is_destroyed=before.is_destroyed if before else False,
        )
        if judged.clears:
            after = replace(after, case_id=None, case_state=None, case_due_at=None)
        if opened is not None:
            after = replace(
                after,
                case_id=opened.case_id,
                case_state=opened.state.value,
                case_due_at=opened.due_at,
            )
        known.remember(judged.battery, known=after)
        return after

    def receipt(self, judged: Judged, *, after: KnownBattery) -> Receipt:
        """Make out the receipt, as ``receipts.find`` will make it out again."""
        return Receipt(
            inspection_id=judged.submission.inspection_id,
            battery_id=judged.battery.battery_id,
            public_code=judged.battery.public_code,
            received_at=self._now,
            verdict=judged.record,
            code_in_force=judged.decision.in_force.code.value,
            case=CaseNote(state=after.case_state, due_at=after.case_due_at)
            if after.case_state
            else None,
        )
