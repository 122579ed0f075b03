from battery_registry.cli.words import faults, in_words
from battery_registry.domain import RegistryError


class NoWordsError(RegistryError):
    """Stands in no catalogue."""

    code = "no_words_for_this"


def test_a_refusal_without_words_says_its_code() -> None:
    assert in_words(NoWordsError()) == "no words for this"
    told = in_words(NoWordsError(field="a", colour="red", size=3))
    assert told == "a: no words for this (colour red, size 3)"


def test_every_field_at_fault_is_named() -> None:
    errors = [
        {"field": "ocv_v", "pointer": "/ocv_v", "detail": "wire.no_such_words|1|2"},
        {"field": "soc_pct", "pointer": "/soc_pct", "detail": "wire.no_such_words"},
    ]
    refusal = NoWordsError(field="ocv_v", extra={"errors": errors})
    assert list(faults(refusal)) == [
        ("ocv_v", "no such words 1 2"),
        ("soc_pct", "no such words"),
    ]
