"""Batteries and the maps that lead to them.

``battery_id`` is part of every key of a per-battery table, so that one day
the tables can be spread over machines by it. Codes, labels, plates and
inspection ids are maps from a value to the battery.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Uuid,
)

from battery_registry.store.db import metadata
from battery_registry.store.types import UtcTime, word

battery = Table(
    "batteries",
    metadata,
    Column("battery_id", Uuid, primary_key=True),
    Column("public_code", word(16), nullable=False),
    Column("unit_kind", word(8), nullable=False),
    Column("chemistry", word(16), nullable=False),
    Column("maker", word(64)),
    Column("model", word(64)),
    Column("pack_code", word(64)),
    Column("label_nominal_voltage_v", Float),
    Column("label_rated_capacity_ah", Float),
    Column("production_date", Date),
    Column("district_code", ForeignKey("districts.district_code"), nullable=False),
    # The code in force and where it comes from.
    Column("code", word(16), nullable=False),
    Column("code_tested_at", UtcTime, nullable=False),
    Column("code_inspection_id", Uuid, nullable=False),
    Column("score_tenths", Integer),
    Column("next_due", Date),
    Column("recalled_at", UtcTime),
    Column("lost_reported_at", UtcTime),
    Column("registered_at", UtcTime, nullable=False),
)

maker_code = Table(
    "maker_codes",
    metadata,
    Column("scheme", word(16), primary_key=True),
    Column("issuer", word(64), primary_key=True),
    Column("value", word(64), primary_key=True),
    Column("battery_id", Uuid, nullable=False, index=True),
    Column("is_prior", Boolean, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Index("ix_maker_codes_value", "value"),
)

label = Table(
    "labels",
    metadata,
    Column("code", word(16), primary_key=True),
    # Empty while the label is blank, printed ahead to be claimed at a station.
    Column("battery_id", Uuid, index=True),
    Column("made_at", UtcTime, nullable=False),
    Column("bound_at", UtcTime),
    Column("replaced_by", word(16)),
    Column("organisation_id", ForeignKey("organisations.organisation_id")),
)

vehicle = Table(
    "vehicles",
    metadata,
    Column("vehicle_id", Uuid, primary_key=True),
    Column("plate_lookup", LargeBinary(32), index=True),
    Column("plate_encrypted", LargeBinary),
    Column("frame_lookup", LargeBinary(32), index=True),
    Column("frame_encrypted", LargeBinary),
    Column("created_at", UtcTime, nullable=False),
)

battery_vehicle = Table(
    "battery_vehicles",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("vehicle_id", ForeignKey("vehicles.vehicle_id"), primary_key=True),
    Column("since", UtcTime, nullable=False),
    Index("ix_battery_vehicles_vehicle_id", "vehicle_id"),
)

owner = Table(
    "owners",
    metadata,
    Column("owner_id", Uuid, primary_key=True),
    Column("name_encrypted", LargeBinary),
    Column("phone_lookup", LargeBinary(32), index=True),
    Column("phone_encrypted", LargeBinary),
    Column("created_at", UtcTime, nullable=False),
    Column("retain_until", Date, nullable=False),
)

battery_owner = Table(
    "battery_owners",
    metadata,
    Column("battery_id", ForeignKey("batteries.battery_id"), primary_key=True),
    Column("owner_id", ForeignKey("owners.owner_id"), primary_key=True),
    Column("since", UtcTime, nullable=False),
)
