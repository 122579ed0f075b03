"""The pages on the API name what is served."""

import re
from pathlib import Path

from flask import Flask

from battery_registry.domain.custody import EDGES
from battery_registry.domain.sale import Reason
from battery_registry.wire.inspections import InspectionSchema
from battery_registry.wire.ranges import SAME_FOR_ALL

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_every_field_of_an_inspection_is_on_its_page_and_no_other() -> None:
    page = (DOCS / "wire-format.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| \w+ \| (yes|) \|", page, re.MULTILINE)
    fields = InspectionSchema().fields
    assert dict(rows) == {
        name: "yes" if field.required else "" for name, field in fields.items()
    }


def test_ranges_on_the_page_are_the_ranges_that_are_checked() -> None:
    page = (DOCS / "wire-format.md").read_text(encoding="utf-8").replace(" ", "")
    for name, (low, high) in SAME_FOR_ALL.items():
        assert f"|`{name}`|number|" in page
        row = page.split(f"|`{name}`|number|")[1].partition("\n")[0]
        assert row.endswith(f"|{low:g}…{high:.0f}|"), name


def test_every_route_of_the_api_is_on_its_page(app: Flask) -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            address = re.sub(
                r"<(?:[a-z]+:)?(?:inspection_)?([a-z_]+)>", r"{\1}", rule.rule
            )
            *_, last = address.split("/")
            assert address in page or f"…/{last}" in page, address


def test_every_step_and_every_reason_is_on_the_page() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    steps: dict[str, list[str]] = {}
    for source, target in EDGES:
        steps.setdefault(source.value, []).append(f"`{target.value}`")
    for name, targets in steps.items():
        row = re.search(rf"^\| `{name}` \| (.*) \|$", page, re.MULTILINE)
        assert row is not None
        assert sorted(row[1].split(", ")) == sorted(targets)
    for reason in Reason:
        assert f"`{reason.value}`" in page
