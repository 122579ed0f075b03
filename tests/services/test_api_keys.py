"""Keys: made once, shown once, refused when wrong, old or disabled."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from battery_registry.domain.roles import Role
from battery_registry.services import api_keys
from battery_registry.services.api_keys import UnknownKeyError
from battery_registry.store.tables.parties import api_key, station
from tests.builders import NOW, Registry


def test_a_key_is_known_and_never_kept(registry: Registry) -> None:
    text = registry.keys["XC-01"]
    with registry.runtime.database.reading() as session:
        caller = api_keys.find_caller(session, presented=text, now=NOW)
        kept = session.execute(select(api_key)).all()
    assert caller is not None
    assert caller.role is Role.INSPECTOR
    assert caller.station_code == "XC-01"
    # br_live_<prefix>_<secret>, and the secret may hold underscores of its own.
    secret = text.split("_", 3)[3]
    assert len(secret) == 43
    values = [value for row in kept for value in row]
    assert hashlib.sha256(secret.encode()).digest() in values
    assert not any(secret in str(value) for value in values)


@pytest.mark.parametrize("tail", ["", "x", "\u0660"])
def test_a_changed_key_is_not_known(registry: Registry, tail: str) -> None:
    wrong = registry.keys["XC-01"][:-1] + tail
    with registry.runtime.database.reading() as session:
        assert api_keys.find_caller(session, presented=wrong, now=NOW) is None


def test_a_key_ends(registry: Registry) -> None:
    with registry.runtime.database.writing() as session:
        made = api_keys.make(
            session,
            organisation_id=registry.organisations["greencell"],
            station_id=None,
            role=Role.RECYCLER,
            purpose="test",
            now=NOW,
            expires_at=NOW + timedelta(days=1),
        )

        def is_known(days: int) -> bool:
            now = NOW + timedelta(days=days)
            found = api_keys.find_caller(session, presented=made.text, now=now)
            return found is not None

        assert (is_known(0), is_known(1)) == (True, False)
        api_keys.disable(session, prefix=made.prefix, now=NOW)
        assert not is_known(0)
        with pytest.raises(UnknownKeyError):
            api_keys.disable(session, prefix="00000000", now=NOW)


def test_a_disabled_station_has_no_keys(registry: Registry) -> None:
    with registry.runtime.database.writing() as session:
        session.execute(update(station).values(disabled_at=NOW))
        found = api_keys.find_caller(session, presented=registry.keys["XC-01"], now=NOW)
    assert found is None


def test_a_regulators_key_can_answer_for_one_district(registry: Registry) -> None:
    with registry.runtime.database.writing() as session:
        made = api_keys.make(
            session,
            organisation_id=registry.organisations["city-market"],
            station_id=None,
            district_code="110108",
            role=Role.REGULATOR,
            purpose="test",
            now=NOW,
        )
        caller = api_keys.find_caller(session, presented=made.text, now=NOW)
        city = api_keys.find_caller(
            session, presented=registry.keys["regulator"], now=NOW
        )
    assert caller is not None
    assert city is not None
    assert (caller.district_code, city.district_code) == ("110108", None)
