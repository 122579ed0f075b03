"""The way of a reading into the registry.

The one place that knows the order: recognise the battery, score the
measurement, record it, give the code, open the case, tell who must be told,
seal it in the ledger. One inspection or five hundred, from the API, a form or
a file, all come this way and are written together in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from battery_registry import scoring
from battery_registry.domain import RegistryError, code_in_force
from battery_registry.domain.caller import Caller
from battery_registry.domain.canonical import sorted_json
from battery_registry.domain.code_in_force import Decision
from battery_registry.domain.custody import Case
from battery_registry.domain.custody_terms import DEFAULT_TERMS, Terms
from battery_registry.domain.registration import InspectionIdReusedError
from battery_registry.domain.retests import Trial
from battery_registry.domain.submission import Submission
from battery_registry.scoring.evaluation import Evaluation
from battery_registry.scoring.quality import plausibility
from battery_registry.scoring.quality.plausibility import with_doubts
from battery_registry.scoring.record import as_record
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import (
    bookkeeping,
    cases,
    history,
    qualification,
    receipts,
    recognition,
)
from battery_registry.services.aftermath import Aftermath
from battery_registry.services.contacts import Contacts
from battery_registry.services.history import History
from battery_registry.services.judged import Judged
from battery_registry.services.qualification import Post
from battery_registry.services.recalling import Recalling
from battery_registry.services.receipts import Receipt
from battery_registry.services.recognition import Recognised, Recognition
from battery_registry.services.retesting import Retesting
from battery_registry.store import batteries
from battery_registry.store.batteries import KnownInspection
from battery_registry.store.vault import Vault
from battery_registry.store.writes import Writes


class Status(StrEnum):
    """What became of an inspection that was handed in."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one inspection: a receipt, or why it was refused."""

    status: Status
    inspection_id: UUID
    receipt: Receipt | None = None
    refusal: RegistryError | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Where inspections are handed in: whose, and under which rules.

    Args:
        caller: Who hands in, bound to the station that measured.
        ruleset: The rule set in force.
        vault: Seals personal data.
        terms: Deadlines of the cases that are opened.
    """

    caller: Caller
    ruleset: RuleSet
    vault: Vault
    terms: Terms = DEFAULT_TERMS


def accept(
    session: Session, *, submissions: Sequence[Submission], desk: Desk, now: datetime
) -> tuple[Outcome, ...]:
    """Take inspections in; a bad one never costs a good one its place.

    Returns:
        One outcome for each submission, in their order.

    Raises:
        StationRequiredError: The caller is bound to no station.
    """
    post = qualification.get_post(session, caller=desk.caller)
    delivery = _Delivery(session, desk=desk, post=post, now=now)
    outcomes = delivery.take(submissions)
    delivery.write()
    return outcomes


class _Delivery:
    """One call of ``accept``: what is known so far, and what is to be written."""

    def __init__(
        self, session: Session, *, desk: Desk, post: Post, now: datetime
    ) -> None:
        self._session = session
        self._desk = desk
        self._post = post
        self._now = now
        self._writes = Writes()
        self._aftermath = Aftermath(post=post, now=now)
        self._retesting = Retesting(session, battery_ids=(), post=post, now=now)
        self._recalling = Recalling(session, post=post, now=now)
        self._contacts: list[tuple[Submission, UUID]] = []
        self._taken: dict[UUID, tuple[bytes, Receipt]] = {}

    def take(self, submissions: Sequence[Submission]) -> tuple[Outcome, ...]:
        before = batteries.find_inspections(
            self._session, inspection_ids=[s.inspection_id for s in submissions]
        )
        new = [s for s in submissions if s.inspection_id not in before]
        known = recognition.prepare(self._session, submissions=new)
        self._retesting = Retesting(
            self._session,
            battery_ids=known.red_battery_ids(),
            post=self._post,
            now=self._now,
        )
        past = history.prepare(
            self._session,
            submissions=new,
            battery_ids=known.battery_ids(),
            ruleset=self._desk.ruleset,
        )
        return tuple(
            self._outcome(submission, before.get(submission.inspection_id), known, past)
            for submission in submissions
        )

    def write(self) -> None:
        self._writes.flush(self._session)
        self._aftermath.write(self._session)
        keeper = Contacts(self._session, vault=self._desk.vault, now=self._now)
        for submission, battery_id in self._contacts:
            keeper.keep(submission.contact, battery_id=battery_id)

    def _outcome(
        self,
        submission: Submission,
        before: KnownInspection | None,
        known: Recognition,
        past: History,
    ) -> Outcome:
        body_mac = self._mac(submission)
        try:
            status, receipt = self._again(submission, before, body_mac) or (
                Status.ACCEPTED,
                self._accept(submission, known, past, body_mac),
            )
        except RegistryError as refusal:
            self._aftermath.note_refused(submission, refusal)
            return Outcome(
                status=Status.REFUSED,
                inspection_id=submission.inspection_id,
                refusal=refusal,
            )
        return Outcome(
            status=status, inspection_id=submission.inspection_id, receipt=receipt
        )

    def _accept(
        self,
        submission: Submission,
        known: Recognition,
        past: History,
        body_mac: bytes,
    ) -> Receipt:
        """Take in one inspection: the sentence this module stands for."""
        judged = self._judge(submission, known, past)
        books = bookkeeping.Books(self._writes, post=self._post, now=self._now)
        books.record(judged, body_mac=body_mac)
        opened = self._open_case(judged) if judged.decision.opens_case else None
        if judged.trial is not None:
            self._retesting.record(
                self._writes, judged.trial, public_code=judged.battery.public_code
            )
        self._recalling.apply(self._writes, judged)
        books.tell(judged, opened=opened)
        books.seal(judged)
        self._aftermath.note(judged)
        after = books.remember(judged, opened=opened, known=known)
        past.remember(
            judged.battery,
            submission,
            judged.qualification.circumstances,
            judged.verdict.code,
        )
        receipt = books.receipt(judged, after=after)
        self._taken[submission.inspection_id] = (body_mac, receipt)
        self._contacts.append((submission, judged.battery.battery_id))
        return receipt

    def _judge(
        self, submission: Submission, known: Recognition, past: History
    ) -> Judged:
        """Find out everything about one inspection, before any of it is written."""
        qualified = qualification.qualify(submission, post=self._post)
        battery = known.recognise(submission, now=self._now)
        measurement = recognition.with_what_its_code_says(submission)
        before = past.look_back(
            battery,
            submission,
            qualified.circumstances,
            set_aside=self._retesting.set_aside(battery, submission, qualified),
        )
        verdict = scoring.score_one(
            measurement, qualified.circumstances, self._desk.ruleset, before
        )
        doubts = plausibility.find(
            measurement, new_resistance_mohm=before.new_resistance_mohm
        )
        trial = self._retesting.judge(
            battery,
            submission,
            qualified,
            code=verdict.code,
            is_doubted=bool(doubts),
        )
        decision = self._decide(submission, battery, verdict, trial)
        record = with_doubts(as_record(verdict, self._desk.ruleset), doubts)
        return Judged(
            submission=submission,
            qualification=qualified,
            battery=battery,
            verdict=verdict,
            record=record,
            record_json=sorted_json(record),
            doubts=doubts,
            decision=decision,
            trial=trial,
        )

    def _decide(
        self,
        submission: Submission,
        battery: Recognised,
        verdict: Evaluation,
        trial: Trial | None,
    ) -> Decision:
        return code_in_force.decide(
            battery.known.in_force if battery.known else None,
            new_code=verdict.code,
            new_tested_at=submission.measurement.tested_at,
            arrived_at=self._now if submission.clock_synced is False else None,
            case_open=battery.has_case and not (trial and trial.clears),
            destroyed=battery.known is not None and battery.known.is_destroyed,
            must_isolate=self._desk.ruleset.must_isolate(verdict),
            repeat_window=self._desk.ruleset.repeat_window,
        )

    def _open_case(self, judged: Judged) -> Case:
        return cases.open_case(
            self._writes,
            submission=judged.submission,
            battery_id=judged.battery.battery_id,
            public_code=judged.battery.public_code,
            post=self._post,
            now=self._now,
            deadlines=self._desk.terms.deadlines,
        )

    def _again(
        self, submission: Submission, before: KnownInspection | None, body_mac: bytes
    ) -> tuple[Status, Receipt] | None:
        """Recognise an inspection that came before: same body, same receipt."""
        taken = self._taken.get(submission.inspection_id)
        if taken is not None and taken[0] == body_mac:
            return Status.DUPLICATE, taken[1]
        if before is None and taken is None:
            return None
        is_same = before is not None and before.body_mac == body_mac
        if before is None or not is_same or before.station_id != self._post.station_id:
            raise InspectionIdReusedError(field="inspection_id")
        receipt = receipts.find(
            self._session,
            inspection_id=submission.inspection_id,
            battery_id=before.battery_id,
        )
        return (Status.DUPLICATE, receipt) if receipt else None

    def _mac(self, submission: Submission) -> bytes:
        return self._desk.vault.mac("body", bytes.fromhex(submission.body_sha256))
