"""People sign in; guesses and ended sessions do not get in."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from battery_registry.domain.roles import Role
from battery_registry.services import accounts
from battery_registry.services.accounts import SignedIn, TooManyAttemptsError
from battery_registry.store.tables.parties import organisation, person
from tests.builders import NOW, PASSWORD, Registry

HOURS = 12


def sign_in(
    session: Session, name: str, password: str, address: str = "192.0.2.1"
) -> SignedIn | None:
    found = accounts.recognise(
        session, name=name, password=password, address=address, now=NOW
    )
    if found is None:
        accounts.note_failure(session, sign_in=name, address=address, now=NOW)
        return None
    return accounts.open_session(session, found=found, hours=HOURS, now=NOW)


def test_a_person_signs_in_and_is_known_again(registry: Registry) -> None:
    runtime = registry.runtime
    with runtime.database.writing() as session:
        signed_in = sign_in(session, "inspector", PASSWORD)
        assert signed_in is not None
        assert signed_in.role is Role.INSPECTOR
        found = accounts.find_caller(
            session, token=signed_in.token, now=NOW, vault=runtime.vault
        )
    assert found is not None
    assert found.staff_number == "I-0001"
    assert found.name == "Person inspector"
    assert (found.station_code, found.district_code) == ("XC-01", "110102")
    assert found.organisation_code == "xicheng-checks"


@pytest.mark.parametrize(
    ("name", "password"),
    [("inspector", "wrong"), ("nobody", PASSWORD), ("inspector", "")],
)
def test_a_wrong_word_does_not_get_in(
    registry: Registry, name: str, password: str
) -> None:
    with registry.runtime.database.writing() as session:
        assert sign_in(session, name, password) is None


def test_a_session_ends_when_it_is_ended_or_old(registry: Registry) -> None:
    runtime = registry.runtime

    def is_known(session: Session, signed_in: SignedIn, hours: int = 0) -> bool:
        now = NOW + timedelta(hours=hours)
        return (
            accounts.find_caller(
                session, token=signed_in.token, now=now, vault=runtime.vault
            )
            is not None
        )

    with runtime.database.writing() as session:
        signed_in = sign_in(session, "regulator", PASSWORD)
        assert signed_in is not None
        assert is_known(session, signed_in, hours=HOURS - 1)
        assert not is_known(session, signed_in, hours=HOURS)
        accounts.end_session(session, token=signed_in.token, now=NOW)
        assert not is_known(session, signed_in)


@pytest.mark.parametrize("table", [person, organisation])
def test_who_was_disabled_is_out_at_once(
    registry: Registry, table: type[object]
) -> None:
    runtime = registry.runtime
    with runtime.database.writing() as session:
        signed_in = sign_in(session, "collector", PASSWORD)
        assert signed_in is not None
        session.execute(update(table).values(disabled_at=NOW))
        found = accounts.find_caller(
            session, token=signed_in.token, now=NOW, vault=runtime.vault
        )
    assert found is None


def test_guessing_is_stopped_without_locking_the_person_out(
    registry: Registry,
) -> None:
    database = registry.runtime.database
    with database.writing() as session:
        for _ in range(10):
            assert sign_in(session, "admin", "guess", address="198.51.100.7") is None
    with database.writing() as session, pytest.raises(TooManyAttemptsError):
        sign_in(session, "admin", PASSWORD, address="198.51.100.7")
    with database.writing() as session:
        assert sign_in(session, "admin", PASSWORD, address="192.0.2.9") is not None
