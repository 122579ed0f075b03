"""The first schema, and the districts of Beijing (GB/T 2260).

Revision: 0001
"""

from alembic import op
import sqlalchemy as sa


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DISTRICTS = (
    ("110101", "东城区", "Dongcheng"),
    ("110102", "西城区", "Xicheng"),
    ("110105", "朝阳区", "Chaoyang"),
    ("110106", "丰台区", "Fengtai"),
    ("110107", "石景山区", "Shijingshan"),
    ("110108", "海淀区", "Haidian"),
    ("110109", "门头沟区", "Mentougou"),
    ("110111", "房山区", "Fangshan"),
    ("110112", "通州区", "Tongzhou"),
    ("110113", "顺义区", "Shunyi"),
    ("110114", "昌平区", "Changping"),
    ("110115", "大兴区", "Daxing"),
    ("110116", "怀柔区", "Huairou"),
    ("110117", "平谷区", "Pinggu"),
    ("110118", "密云区", "Miyun"),
    ("110119", "延庆区", "Yanqing"),
)


def upgrade() -> None:
    op.create_table(
        "districts",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("name_zh", sa.String(length=32), nullable=False),
        sa.Column("name_en", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_districts")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "route", "key", name=op.f("pk_idempotency_keys")
        ),
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"),
        "idempotency_keys",
        ["created_at"],
        unique=False,
    )
    op.create_table(
        "inspection_counters",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("inspections", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month",
            "district_code",
            "station_id",
            "maker",
            "code",
            "slot",
            name=op.f("pk_inspection_counters"),
        ),
    )
    op.create_table(
        "inspection_map",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("body_mac", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("inspection_id", name=op.f("pk_inspection_map")),
    )
    op.create_table(
        "ledger_leaves",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("leaf_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tree_index", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("battery_id", "leaf_id", name=op.f("pk_ledger_leaves")),
    )
    op.create_index(
        "ix_ledger_leaves_unsealed",
        "ledger_leaves",
        ["leaf_id"],
        unique=False,
        sqlite_where=sa.text("tree_index IS NULL"),
        postgresql_where=sa.text("tree_index IS NULL"),
    )
    op.create_table(
        "maker_codes",
        sa.Column("scheme", sa.String(length=16), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("is_prior", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "scheme", "issuer", "value", name=op.f("pk_maker_codes")
        ),
    )
    op.create_index(
        op.f("ix_maker_codes_battery_id"), "maker_codes", ["battery_id"], unique=False
    )
    op.create_index("ix_maker_codes_value", "maker_codes", ["value"], unique=False)
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("battery_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.String(length=48), nullable=False),
        sa.Column(
            "payload",
            sa.JSON(),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["available_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "organisations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("licence_number", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )
    op.create_table(
        "owners",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("phone_lookup", sa.LargeBinary(length=32), nullable=True),
        sa.Column("phone_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_owners")),
    )
    op.create_index(
        op.f("ix_owners_phone_lookup"), "owners", ["phone_lookup"], unique=False
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("failure_id", sa.Uuid(), nullable=False),
        sa.Column("sign_in", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("failure_id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(
        "ix_sign_in_failures_address_at",
        "sign_in_failures",
        ["address", "at"],
        unique=False,
    )
    op.create_index(
        "ix_sign_in_failures_sign_in_at",
        "sign_in_failures",
        ["sign_in", "at"],
        unique=False,
    )
    op.create_table(
        "vehicles",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("plate_lookup", sa.LargeBinary(length=32), nullable=True),
        sa.Column("plate_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("frame_lookup", sa.LargeBinary(length=32), nullable=True),
        sa.Column("frame_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_vehicles")),
    )
    op.create_index(
        op.f("ix_vehicles_frame_lookup"), "vehicles", ["frame_lookup"], unique=False
    )
    op.create_index(
        op.f("ix_vehicles_plate_lookup"), "vehicles", ["plate_lookup"], unique=False
    )
    op.create_table(
        "batteries",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("public_code", sa.String(length=16), nullable=False),
        sa.Column("unit_kind", sa.String(length=8), nullable=False),
        sa.Column("chemistry", sa.String(length=16), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=True),
        sa.Column("model", sa.String(length=64), nullable=True),
        sa.Column("pack_code", sa.String(length=64), nullable=True),
        sa.Column("label_nominal_voltage_v", sa.Float(), nullable=True),
        sa.Column("label_rated_capacity_ah", sa.Float(), nullable=True),
        sa.Column("production_date", sa.Date(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("code_tested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_inspection_id", sa.Uuid(), nullable=False),
        sa.Column("score_tenths", sa.Integer(), nullable=True),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["districts.district_code"],
            name=op.f("fk_batteries_district_code_districts"),
        ),
        sa.PrimaryKeyConstraint("battery_id", name=op.f("pk_batteries")),
    )
    op.create_table(
        "labels",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("battery_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.String(length=16), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.organisation_id"],
            name=op.f("fk_labels_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_labels")),
    )
    op.create_index(
        op.f("ix_labels_battery_id"), "labels", ["battery_id"], unique=False
    )
    op.create_table(
        "stations",
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.String(length=64), nullable=False),
        sa.Column("address_zh", sa.String(length=128), nullable=True),
        sa.Column("address_en", sa.String(length=128), nullable=True),
        sa.Column("opening_hours", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["districts.district_code"],
            name=op.f("fk_stations_district_code_districts"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.organisation_id"],
            name=op.f("fk_stations_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_stations")),
        sa.UniqueConstraint("code", name=op.f("uq_stations_code")),
    )
    op.create_index(
        "ix_stations_district_code", "stations", ["district_code"], unique=False
    )
    op.create_table(
        "api_keys",
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["districts.district_code"],
            name=op.f("fk_api_keys_district_code_districts"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.organisation_id"],
            name=op.f("fk_api_keys_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_api_keys_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_api_keys")),
    )
    op.create_table(
        "battery_owners",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_battery_owners_battery_id_batteries"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["owners.owner_id"],
            name=op.f("fk_battery_owners_owner_id_owners"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "owner_id", name=op.f("pk_battery_owners")
        ),
    )
    op.create_table(
        "battery_vehicles",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_battery_vehicles_battery_id_batteries"),
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"],
            ["vehicles.vehicle_id"],
            name=op.f("fk_battery_vehicles_vehicle_id_vehicles"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "vehicle_id", name=op.f("pk_battery_vehicles")
        ),
    )
    op.create_index(
        "ix_battery_vehicles_vehicle_id",
        "battery_vehicles",
        ["vehicle_id"],
        unique=False,
    )
    op.create_table(
        "cases",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("holder_kind", sa.String(length=16), nullable=False),
        sa.Column("holder_code", sa.String(length=32), nullable=True),
        sa.Column("holder_organisation_kind", sa.String(length=24), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("public_code", sa.String(length=16), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=True),
        sa.Column("model", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_cases_battery_id_batteries"),
        ),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["districts.district_code"],
            name=op.f("fk_cases_district_code_districts"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_cases_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("battery_id", "case_id", name=op.f("pk_cases")),
    )
    op.create_index(
        "ix_cases_open_by_district",
        "cases",
        ["district_code", "opened_at", "case_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_cases_open_by_time",
        "cases",
        ["opened_at", "case_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_cases_opened_at_case_id", "cases", ["opened_at", "case_id"], unique=False
    )
    op.create_table(
        "code_changes",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("from_code", sa.String(length=16), nullable=True),
        sa.Column("to_code", sa.String(length=16), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_code_changes_battery_id_batteries"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "change_id", name=op.f("pk_code_changes")
        ),
    )
    op.create_table(
        "instruments",
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("serial", sa.String(length=64), nullable=True),
        sa.Column("calibrated_on", sa.Date(), nullable=False),
        sa.Column("calibrated_until", sa.Date(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_instruments_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("instrument_id", name=op.f("pk_instruments")),
        sa.UniqueConstraint(
            "station_id", "code", name=op.f("uq_instruments_station_id_code")
        ),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("staff_number", sa.String(length=32), nullable=False),
        sa.Column("sign_in", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=128), nullable=True),
        sa.Column("name_encrypted", sa.LargeBinary(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=True),
        sa.Column("training_valid_from", sa.Date(), nullable=True),
        sa.Column("training_valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_code"],
            ["districts.district_code"],
            name=op.f("fk_people_district_code_districts"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.organisation_id"],
            name=op.f("fk_people_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_people_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
        sa.UniqueConstraint(
            "organisation_id",
            "staff_number",
            name=op.f("uq_people_organisation_id_staff_number"),
        ),
        sa.UniqueConstraint("sign_in", name=op.f("uq_people_sign_in")),
    )
    op.create_table(
        "custody_events",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("giver_kind", sa.String(length=16), nullable=False),
        sa.Column("giver_code", sa.String(length=32), nullable=True),
        sa.Column("receiver_kind", sa.String(length=16), nullable=False),
        sa.Column("receiver_code", sa.String(length=32), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("biz_step", sa.String(length=32), nullable=False),
        sa.Column("disposition", sa.String(length=32), nullable=False),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("actor_organisation_code", sa.String(length=32), nullable=False),
        sa.Column(
            "evidence",
            sa.JSON(),
            nullable=False,
        ),
        sa.Column("body_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id", "case_id"],
            ["cases.battery_id", "cases.case_id"],
            name=op.f("fk_custody_events_battery_id_case_id_cases"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "case_id", "seq", name=op.f("pk_custody_events")
        ),
    )
    op.create_index(
        "uq_custody_events_event_id",
        "custody_events",
        ["battery_id", "event_id"],
        unique=True,
    )
    op.create_table(
        "inspections",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("inspector_id", sa.Uuid(), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("internal_resistance_mohm", sa.Float(), nullable=True),
        sa.Column("resistance_method", sa.String(length=16), nullable=True),
        sa.Column("max_output_voltage_v", sa.Float(), nullable=True),
        sa.Column("discharge_capacity_ah", sa.Float(), nullable=True),
        sa.Column("capacity_method", sa.String(length=16), nullable=False),
        sa.Column("capacity_fade_pct", sa.Float(), nullable=True),
        sa.Column("ambient_temp_c", sa.Float(), nullable=False),
        sa.Column("calibration_valid", sa.Boolean(), nullable=False),
        sa.Column("training_valid", sa.Boolean(), nullable=False),
        sa.Column("recording_sha256", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["battery_id"],
            ["batteries.battery_id"],
            name=op.f("fk_inspections_battery_id_batteries"),
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"],
            ["people.person_id"],
            name=op.f("fk_inspections_inspector_id_people"),
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"],
            ["instruments.instrument_id"],
            name=op.f("fk_inspections_instrument_id_instruments"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["stations.station_id"],
            name=op.f("fk_inspections_station_id_stations"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "inspection_id", name=op.f("pk_inspections")
        ),
    )
    op.create_index(
        "ix_inspections_battery_id_tested_at",
        "inspections",
        ["battery_id", "tested_at"],
        unique=False,
    )
    op.create_index(
        "ix_inspections_station_id_received_at",
        "inspections",
        ["station_id", "received_at"],
        unique=False,
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.person_id"],
            name=op.f("fk_sessions_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sessions")),
    )
    op.create_index(
        op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False
    )
    op.create_table(
        "evaluations",
        sa.Column("battery_id", sa.Uuid(), nullable=False),
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("ruleset_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("score_tenths", sa.Integer(), nullable=True),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column(
            "record",
            sa.JSON(),
            nullable=False,
        ),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_legal", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "score_tenths BETWEEN 0 AND 1000",
            name=op.f("ck_evaluations_score_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["battery_id", "inspection_id"],
            ["inspections.battery_id", "inspections.inspection_id"],
            name=op.f("fk_evaluations_battery_id_inspection_id_inspections"),
        ),
        sa.PrimaryKeyConstraint(
            "battery_id", "inspection_id", "ruleset_id", name=op.f("pk_evaluations")
        ),
    )

    districts = sa.table(
        "districts",
        sa.column("district_code"),
        sa.column("name_zh"),
        sa.column("name_en"),
    )
    op.bulk_insert(
        districts,
        [{"district_code": c, "name_zh": z, "name_en": e} for c, z, e in DISTRICTS],
    )


def downgrade() -> None:
    op.drop_table("evaluations")
    op.drop_index(op.f("ix_sessions_person_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("ix_inspections_station_id_received_at", table_name="inspections")
    op.drop_index("ix_inspections_battery_id_tested_at", table_name="inspections")
    op.drop_table("inspections")
    op.drop_index("uq_custody_events_event_id", table_name="custody_events")
    op.drop_table("custody_events")
    op.drop_table("people")
    op.drop_table("instruments")
    op.drop_table("code_changes")
    op.drop_index("ix_cases_opened_at_case_id", table_name="cases")
    op.drop_index(
        "ix_cases_open_by_time",
        table_name="cases",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(
        "ix_cases_open_by_district",
        table_name="cases",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("cases")
    op.drop_index("ix_battery_vehicles_vehicle_id", table_name="battery_vehicles")
    op.drop_table("battery_vehicles")
    op.drop_table("battery_owners")
    op.drop_table("api_keys")
    op.drop_index("ix_stations_district_code", table_name="stations")
    op.drop_table("stations")
    op.drop_index(op.f("ix_labels_battery_id"), table_name="labels")
    op.drop_table("labels")
    op.drop_table("batteries")
    op.drop_index(op.f("ix_vehicles_plate_lookup"), table_name="vehicles")
    op.drop_index(op.f("ix_vehicles_frame_lookup"), table_name="vehicles")
    op.drop_table("vehicles")
    op.drop_index("ix_sign_in_failures_sign_in_at", table_name="sign_in_failures")
    op.drop_index("ix_sign_in_failures_address_at", table_name="sign_in_failures")
    op.drop_table("sign_in_failures")
    op.drop_index(op.f("ix_owners_phone_lookup"), table_name="owners")
    op.drop_table("owners")
    op.drop_table("organisations")
    op.drop_index(
        "ix_notices_waiting",
        table_name="notices",
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.drop_table("notices")
    op.drop_index("ix_maker_codes_value", table_name="maker_codes")
    op.drop_index(op.f("ix_maker_codes_battery_id"), table_name="maker_codes")
    op.drop_table("maker_codes")
    op.drop_index(
        "ix_ledger_leaves_unsealed",
        table_name="ledger_leaves",
        sqlite_where=sa.text("tree_index IS NULL"),
        postgresql_where=sa.text("tree_index IS NULL"),
    )
    op.drop_table("ledger_leaves")
    op.drop_table("inspection_map")
    op.drop_table("inspection_counters")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("districts")
