"""How a rule set goes live: a report of this registry, and two people.

A rescore makes the report. One person proposes the set with it, another signs.
The set that comes with the program needs neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from battery_registry.domain import Kind, RegistryError
from battery_registry.domain.roles import Role
from battery_registry.scoring.ruleset import RuleSet
from battery_registry.services import release_reports
from battery_registry.settings import BUILT_IN_RULESET
from battery_registry.store.tables.parties import person
from battery_registry.store.tables.releases import ruleset_release

_MAY_RELEASE = frozenset({Role.ADMIN.value, Role.REGULATOR.value})


class ReportUnknownError(RegistryError):
    """This registry has made no such report, or its file was changed since."""

    code: ClassVar[str] = "release_report_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class ReportOfOtherSetError(RegistryError):
    """The report is about another rule set."""

    code: ClassVar[str] = "release_report_of_other"


class RuleSetChangedError(RegistryError):
    """The rule set is not the one that the report is about any more."""

    code: ClassVar[str] = "release_ruleset_changed"
    kind: ClassVar[Kind] = Kind.CONFLICT


class ReleaserUnknownError(RegistryError):
    """Nobody who may let a rule set go live signs in by that name."""

    code: ClassVar[str] = "release_person_unknown"
    kind: ClassVar[Kind] = Kind.FORBIDDEN


class NotProposedError(RegistryError):
    """Nobody has proposed the rule set with this report."""

    code: ClassVar[str] = "release_not_proposed"
    kind: ClassVar[Kind] = Kind.CONFLICT


class AlreadyProposedError(RegistryError):
    """The rule set was proposed with this report before."""

    code: ClassVar[str] = "release_already_proposed"
    kind: ClassVar[Kind] = Kind.CONFLICT


class SamePersonError(RegistryError):
    """Who proposes a rule set cannot sign it off."""

    code: ClassVar[str] = "release_same_person"
    kind: ClassVar[Kind] = Kind.FORBIDDEN


class NotSignedOffError(RegistryError):
    """The rule set must not judge yet: no second person has signed it off."""

    code: ClassVar[str] = "ruleset_not_signed_off"
    kind: ClassVar[Kind] = Kind.CONFLICT


class NotInForceError(RegistryError):
    """The rule set must not judge today: it is not in force, or not any more."""

    code: ClassVar[str] = "ruleset_not_in_force"
    kind: ClassVar[Kind] = Kind.CONFLICT


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A rescore's report, as its file is known again.

    Args:
        sha256: SHA-256 of the file, hex.
        packs: How many batteries it is about.
        green_to_red: How many of them would turn from green to red.
    """

    sha256: str
    packs: int
    green_to_red: int


def record(
    session: Session, *, report: Report, ruleset: RuleSet, now: datetime
) -> None:
    """Remember a report that was just made.

    Args:
        session: A transaction that writes.
        report: The report.
        ruleset: The set that was tried.
        now: The time of the request.
    """
    session.execute(
        insert(ruleset_release).values(
            report_sha256=report.sha256,
            ruleset_id=ruleset.id,
            ruleset_sha256=ruleset.sha256,
            packs=report.packs,
            green_to_red=report.green_to_red,
            reported_at=now,
        )
    )


def propose(
    session: Session, *, ruleset: RuleSet, report_sha256: str, by: str, now: datetime
) -> None:
    """Propose that a rule set go live.

    Args:
        session: A transaction that writes.
        ruleset: The set as it is now.
        report_sha256: Of the report's file.
        by: Who proposes, by the name they sign in with: a regulator or admin.
        now: The time of the request.

    Raises:
        ReportUnknownError: The file is no report of this registry's.
        ReportOfOtherSetError: It is about another set.
        RuleSetChangedError: The set was changed since.
        ReleaserUnknownError: Nobody of that name may.
        AlreadyProposedError: Somebody has already.
        ReportOldError: The report is more than 14 days old.
        ReportOutgrownError: The registry has clearly more batteries by now, or fewer.
    """
    found = _get(session, ruleset, report_sha256)
    person_id = _get_person(session, by)
    if found["proposed_by"] is not None:
        raise AlreadyProposedError(field="report")
    release_reports.check_holds(session, report=found, now=now)
    _change(session, report_sha256, proposed_by=person_id, proposed_at=now)


def sign_off(
    session: Session, *, ruleset: RuleSet, report_sha256: str, by: str, now: datetime
) -> None:
    """Sign off a proposed rule set: from now on it may judge.

    To sign what is signed already changes nothing.

    Args:
        session: A transaction that writes.
        ruleset: The set as it is now.
        report_sha256: Of the report's file.
        by: Who signs, by the name they sign in with: another regulator or admin.
        now: The time of the request.

    Raises:
        ReportUnknownError: The file is no report of this registry's.
        ReportOfOtherSetError: It is about another set.
        RuleSetChangedError: The set was changed since.
        ReleaserUnknownError: Nobody of that name may.
        NotProposedError: Nobody has proposed it with this report.
        SamePersonError: Who signs is who proposed.
        ReportOldError: The report is more than 14 days old.
        ReportOutgrownError: The registry has clearly more batteries by now, or fewer.
    """
    found = _get(session, ruleset, report_sha256)
    person_id = _get_person(session, by)
    if found["proposed_by"] is None:
        raise NotProposedError(field="report")
    if found["proposed_by"] == person_id:
        raise SamePersonError(field="by")
    if found["signed_by"] is None:
        release_reports.check_holds(session, report=found, now=now)
        _change(session, report_sha256, signed_by=person_id, signed_at=now)


def check_live(session: Session, *, ruleset: RuleSet, now: datetime) -> None:
    """Refuse a rule set that must not judge.

    Args:
        session: A transaction that reads.
        ruleset: The set that is to judge.
        now: The time of the request.

    Raises:
        NotInForceError: Today, where its days begin and end, is none of its days.
        NotSignedOffError: It is not the program's own, and these very rules
            were never signed off.
    """
    today = now.astimezone(ruleset.zone).date()
    if not ruleset.is_in_force(today):
        raise NotInForceError(ruleset=ruleset.id, day=today.isoformat())
    if ruleset.id == BUILT_IN_RULESET:
        return
    signed = session.execute(
        select(ruleset_release.c.report_sha256)
        .where(ruleset_release.c.ruleset_id == ruleset.id)
        .where(ruleset_release.c.ruleset_sha256 == ruleset.sha256)
        .where(ruleset_release.c.signed_by.is_not(None))
        .limit(1)
    ).one_or_none()
    if signed is None:
        raise NotSignedOffError(ruleset=ruleset.id)


def _get(session: Session, ruleset: RuleSet, report_sha256: str) -> Mapping[str, Any]:
    # Locked, so that two who propose at once do not both.
    found = session.execute(
        select(ruleset_release)
        .where(ruleset_release.c.report_sha256 == report_sha256)
        .with_for_update()
    ).mappings()
    row = found.one_or_none()
    if row is None:
        raise ReportUnknownError(field="report")
    if row["ruleset_id"] != ruleset.id:
        raise ReportOfOtherSetError(field="report", ruleset=row["ruleset_id"])
    if row["ruleset_sha256"] != ruleset.sha256:
        raise RuleSetChangedError(field="ruleset", ruleset=ruleset.id)
    return dict(row)


def _get_person(session: Session, sign_in: str) -> UUID:
    found = session.execute(
        select(person.c.person_id)
        .where(person.c.sign_in == sign_in)
        .where(person.c.role.in_(_MAY_RELEASE))
        .where(person.c.disabled_at.is_(None))
    ).one_or_none()
    if found is None:
        raise ReleaserUnknownError(field="by", person=sign_in)
    person_id: UUID = found.person_id
    return person_id


def _change(session: Session, report_sha256: str, **values: Any) -> None:
    session.execute(
        update(ruleset_release)
        .where(ruleset_release.c.report_sha256 == report_sha256)
        .values(**values)
    )
