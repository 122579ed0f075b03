"""The place of a fault, as a JSON Pointer (RFC 6901) and as a path."""

from battery_registry.wire import faults
from battery_registry.wire.faults import InvalidInputError


def told(refusal: InvalidInputError) -> list[dict[str, str]]:
    listed = refusal.extra["errors"]
    assert isinstance(listed, list)
    return listed


def test_a_pointer_leads_to_the_value_whatever_its_name() -> None:
    listed = told(
        faults.refuse(
            {
                "evidence": {"a/b~c.d": ["wire.pattern"]},
                "prior_codes": {1: ["wire.not_text"]},
                "_schema": ["wire.not_object"],
            }
        )
    )
    assert [(fault["field"], fault["pointer"]) for fault in listed] == [
        ("", ""),
        ("evidence.a/b~c.d", "/evidence/a~1b~0c.d"),
        ("prior_codes.1", "/prior_codes/1"),
    ]


def test_a_strangers_name_for_a_field_can_be_sent_back() -> None:
    listed = told(
        faults.refuse({"\ud800": ["wire.unknown"], "x" * 9000: ["wire.unknown"]})
    )
    names = [fault["field"] for fault in listed]
    assert names == ["?", "x" * 100 + "…"]
    assert "\ud800" not in "".join(str(fault) for fault in listed)
