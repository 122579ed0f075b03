"""Who takes part: organisations, stations, instruments, people, keys."""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

organisation = Table(
    "organisations",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("code", word(32), nullable=False, unique=True),
    Column("name", word(128), nullable=False),
    Column("kind", word(24), nullable=False),
    Column("licence_number", word(64)),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
)

district = Table(
    "districts",
    metadata,
    Column("district_code", word(6), primary_key=True),
    Column("name_zh", word(32), nullable=False),
    Column("name_en", word(32), nullable=False),
)

station = Table(
    "stations",
    metadata,
    Column("station_id", Uuid, primary_key=True),
    Column(
        "organisation_id", ForeignKey("organisations.organisation_id"), nullable=False
    ),
    Column("district_code", ForeignKey("districts.district_code"), nullable=False),
    Column("code", word(32), nullable=False, unique=True),
    Column("name_zh", word(64), nullable=False),
    Column("name_en", word(64), nullable=False),
    Column("address_zh", word(128)),
    Column("address_en", word(128)),
    Column("opening_hours", word(64)),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    Index("ix_stations_district_code", "district_code"),
)

instrument = Table(
    "instruments",
    metadata,
    Column("instrument_id", Uuid, primary_key=True),
    Column("station_id", ForeignKey("stations.station_id"), nullable=False),
    Column("code", word(32), nullable=False),
    Column("model", word(64), nullable=False),
    Column("serial", word(64)),
    # How good it is; with the method it gives a reading's uncertainty.
    Column("instrument_class", word(16), nullable=False, server_default="station"),
    Column("calibrated_on", Date, nullable=False),
    Column("calibrated_until", Date, nullable=False),
    Column("disabled_at", UtcTime),
    UniqueConstraint("station_id", "code"),
)

person = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column(
        "organisation_id", ForeignKey("organisations.organisation_id"), nullable=False
    ),
    Column("station_id", ForeignKey("stations.station_id")),
    # Pseudonymous: the number that inspections and ledger leaves may carry.
    Column("staff_number", word(32), nullable=False),
    Column("sign_in", word(64), nullable=False, unique=True),
    Column("password_hash", String(128)),
    Column("name_encrypted", LargeBinary),
    Column("role", word(16), nullable=False),
    Column("district_code", ForeignKey("districts.district_code")),
    Column("training_valid_from", Date),
    Column("training_valid_until", Date),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    UniqueConstraint("organisation_id", "staff_number"),
)

sign_in_session = Table(
    "sessions",
    metadata,
    # Only the hash is kept: whoever reads the table cannot use a session.
    Column("token_sha256", LargeBinary(32), primary_key=True),
    Column("person_id", ForeignKey("people.person_id"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

sign_in_failure = Table(
    "sign_in_failures",
    metadata,
    Column("failure_id", Uuid, primary_key=True),
    Column("sign_in", word(64), nullable=False),
    Column("address", word(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_sign_in_failures_sign_in_at", "sign_in", "at"),
    Index("ix_sign_in_failures_address_at", "address", "at"),
)

api_key = Table(
    "api_keys",
    metadata,
    Column("prefix", word(8), primary_key=True),
    Column("secret_sha256", LargeBinary(32), nullable=False),
    # Checks files that a station signed with the key; none for keys made before.
    Column("export_public_key", LargeBinary(32)),
    Column(
        "organisation_id", ForeignKey("organisations.organisation_id"), nullable=False
    ),
    Column("station_id", ForeignKey("stations.station_id")),
    # The district that a regulator's key answers for; without one, the city.
    Column("district_code", ForeignKey("districts.district_code")),
    Column("role", word(16), nullable=False),
    Column("purpose", word(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("disabled_at", UtcTime),
)
