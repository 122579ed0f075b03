"""What the limit reads: the rows that the service answers from."""

import json
from typing import Any

from benchmarks.raw import Raw

_LABEL = "SELECT battery_id, replaced_by FROM labels WHERE code = %s"

_BATTERY = """
SELECT b.public_code, b.unit_kind, b.chemistry, b.maker, b.model, b.pack_code,
       b.label_nominal_voltage_v, b.label_rated_capacity_ah, b.production_date,
       b.district_code, b.code, b.code_tested_at, b.score_tenths, b.next_due,
       b.recalled_at, b.lost_reported_at, b.registered_at, e.record,
       s.code AS station_code, d.name_en AS district_en,
       (SELECT c.state FROM cases c WHERE c.battery_id = b.battery_id
        ORDER BY c.opened_at DESC, c.case_id DESC LIMIT 1) AS case_state,
       (SELECT max(r.evaluated_at) FROM evaluations r
        WHERE r.battery_id = b.battery_id AND r.is_legal AND r.code = 'red')
       AS last_red_at
FROM batteries b
JOIN evaluations e ON e.battery_id = b.battery_id
     AND e.inspection_id = b.code_inspection_id AND e.is_legal
JOIN inspections i ON i.battery_id = b.battery_id
     AND i.inspection_id = b.code_inspection_id
JOIN stations s ON s.station_id = i.station_id
JOIN districts d ON d.district_code = s.district_code
WHERE b.battery_id = %s
"""

_STANDING = """
SELECT b.code, b.next_due, b.recalled_at, b.lost_reported_at,
       e.record->'missing' AS missing, e.record->'guards' AS guards,
       (SELECT c.state FROM cases c WHERE c.battery_id = b.battery_id
        ORDER BY c.opened_at DESC, c.case_id DESC LIMIT 1) AS case_state,
       (SELECT max(r.evaluated_at) FROM evaluations r
        WHERE r.battery_id = b.battery_id AND r.is_legal AND r.code <> 'green'
        AND r.code = 'red') AS last_red_at,
       (SELECT count(*) FROM cases c WHERE c.battery_id = b.battery_id
        AND c.state = 'destroyed') AS is_destroyed,
       (SELECT max(c.closed_at) FROM cases c WHERE c.battery_id = b.battery_id
        AND c.state = 'cleared') AS last_cleared_at
FROM batteries b
LEFT JOIN evaluations e ON e.battery_id = b.battery_id
     AND e.inspection_id = b.code_inspection_id AND e.is_legal AND e.code <> 'green'
WHERE b.battery_id = %s
"""

_RED_LIST = """
SELECT c.case_id, c.public_code, c.state, c.opened_at, c.state_since, c.due_at,
       c.closed_at, c.holder_kind, c.holder_code, c.district_code,
       d.name_zh AS district_zh, d.name_en AS district_en, s.code AS station_code,
       s.name_zh AS station_zh, s.name_en AS station_en, c.maker, c.model
FROM cases c
JOIN districts d ON d.district_code = c.district_code
JOIN stations s ON s.station_id = c.station_id
WHERE c.district_code = %s AND c.closed_at IS NULL
ORDER BY c.opened_at DESC, c.case_id DESC LIMIT %s
"""


def battery(connection: Raw, code: str) -> str:
    """Answer for one battery."""
    bound = connection.rows(_LABEL, (code.replace("-", ""),))
    rows = connection.rows(_BATTERY, (bound[0]["battery_id"],))
    record = rows[0].pop("record")
    told = {**rows[0], "label": {"code": code, "replaced_by": bound[0]["replaced_by"]}}
    if isinstance(record, str):
        # SQLite keeps it as the text that is answered.
        return f'{_json(told)[:-1]},"verdict":{record}}}'
    return _json({**told, "verdict": record})


def sale(connection: Raw, code: str) -> str:
    """Answer whether one battery may be sold; by its code alone, which is quicker."""
    bound = connection.rows(_LABEL, (code.replace("-", ""),))
    row = connection.rows(_STANDING, (bound[0]["battery_id"],))[0]
    is_clear = row["code"] == "green" and row["case_state"] is None
    told = {
        "code": code,
        "answer": "clear" if is_clear else "blocked",
        "sellable": is_clear,
        "reasons": [] if is_clear else [{"code": row["code"], "text": "-" * 24}],
        "checked_at": "2026-11-23T00:00:00.000000+00:00",
    }
    return _json(told)


def red_list(connection: Raw, district: str, limit: int) -> str:
    """Answer a page of a district's red list; one row more tells of the next."""
    rows = connection.rows(_RED_LIST, (district, limit + 1))
    return _json(
        {
            "items": rows[:limit],
            "next_cursor": str(rows[-1]["case_id"]) if rows else None,
        }
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
