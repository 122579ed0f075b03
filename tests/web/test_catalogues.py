"""The catalogues: complete in both languages, compiled, and used as they are."""

import ast
import importlib
import io
import pkgutil
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

import battery_registry
from battery_registry import context
from battery_registry.domain import RegistryError
from battery_registry.domain.appeals import AppealState
from battery_registry.domain.custody import State
from battery_registry.domain.fires import Cause, Certainty
from battery_registry.domain.gs1 import linkset
from battery_registry.domain.incidents import IncidentKind
from battery_registry.domain.manifests import (
    DamageClass,
    ManifestStatus,
    PackStatus,
    WasteKind,
)
from battery_registry.domain.recalls import RecallState
from battery_registry.domain.reports import ReportKind
from battery_registry.domain.retests import Finding, RetestState
from battery_registry.domain.roles import Role
from battery_registry.domain.sale import Answer, Reason
from battery_registry.queries.figures import By
from battery_registry.scoring.evaluation import Code, Evidence
from battery_registry.scoring.inputs import DERIVED, VERDICT
from battery_registry.scoring.quality.drift import Quantity
from battery_registry.scoring.quality.early_warning import Level, Sign
from battery_registry.scoring.quality.funnel import Flag
from battery_registry.scoring.quality.plausibility import Severity
from battery_registry.services.intake import Status
from battery_registry.web import evidence, incidents, inspection_form, menus, reports
from battery_registry.wire.inspections import InspectionSchema
from tests.web.words_of_chain import chain_of_custody
from tests.web.words_of_office import office
from tests.web.words_of_oversight import oversight

PACKAGE = Path(battery_registry.__file__).parent
TRANSLATIONS = PACKAGE / "translations"
LANGUAGES = ("zh", "en")
HTTP_STATUSES = (
    *(400, 401, 403, 404, 405, 409, 410, 413, 414, 415, 416, 422, 429, 431),
    *(500, 501, 503, 507),
)
_NAMED = re.compile(r"%\((\w+)\)s")
_NUMBERED = re.compile(r"\{(\d*)\}")
_KEY = re.compile(r"""(?:_|lines)\(\s*(["'])([a-z0-9_.]+)\1\s*[,)]""")
_CHOSEN = re.compile(
    r"""["']([a-z_]+\.[a-z_]+)["'] (?:if|else)|else ["']([a-z_]+\.[a-z_]+)["']"""
)
_WHOLE_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_FAULT = re.compile(r"""["'](wire\.[a-z_]+)""")


def po_file(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


def words(language: str) -> dict[str, str]:
    return {
        str(message.id): str(message.string) for message in read(language) if message.id
    }


def refusals() -> set[type[RegistryError]]:
    for module in pkgutil.walk_packages(battery_registry.__path__, "battery_registry."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(parent: type[RegistryError]) -> Iterator[type[RegistryError]]:
        yield parent
        for child in parent.__subclasses__():
            yield from below(child)

    return {
        each for each in below(RegistryError) if each.__module__.startswith("battery_")
    }


def keys_of_templates() -> set[str]:
    found = set()
    folder = PACKAGE / "web" / "templates"
    for file in folder.glob("*.html"):
        text = file.read_text("utf-8")
        found |= {match[2] for match in _KEY.finditer(text)}
        found |= {match[1] or match[2] for match in _CHOSEN.finditer(text)}
    return found


def keys_of_code() -> set[str]:
    """Whole keys that are given to ``context.text`` or stand in a menu."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        text = file.read_text("utf-8")
        if file.is_relative_to(PACKAGE / "wire"):
            found |= set(_FAULT.findall(text))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "context.text":
                first = node.args[0]
                found |= {
                    str(part.value)
                    for part in ast.walk(first)
                    if isinstance(part, ast.Constant)
                    and _WHOLE_KEY.fullmatch(str(part.value))
                }
    return found


def keys_made_of_words() -> set[str]:
    """Keys that templates put together of a beginning and a word."""
    parts = ("name", "say", "means", "do")
    shown = [*(code.value for code in Code), "destroyed"]
    choices = {
        f"choice.{field.name}.{word}"
        for field in inspection_form.FIELDS.values()
        for word in field.choices
    }
    return {
        *(f"http.{status}" for status in HTTP_STATUSES),
        *(f"code.{code}.{part}" for code in shown for part in parts),
        *(f"verdict.do.{code}" for code in Code),
        *(f"custody.state.{state}" for state in State),
        *(f"incident.kind.{kind}" for kind in IncidentKind),
        *(f"incident.known.{name}" for name in incidents.KNOWN),
        *(
            f"incident.{key}.{w}"
            for key, some in incidents.WORDED.items()
            for w in some
        ),
        *(f"manifest.status.{status}" for status in ManifestStatus),
        *(f"manifest.pack.{status}" for status in PackStatus),
        *(f"manifest.damage.{damage}" for damage in DamageClass),
        *(f"manifest.waste.{kind}" for kind in WasteKind),
        *(f"sale.answer.{answer}" for answer in Answer),
        *(f"sale.reason.{reason}" for reason in Reason),
        *(f"role.{role}" for role in Role),
        *(f"evidence.{evidence}" for evidence in Evidence),
        *(f"upload.status.{status}" for status in Status),
        *(f"figures.by.{by}" for by in By),
        *(f"group.{group.key}" for group in inspection_form.GROUPS),
        *(f"field.{name}" for name in InspectionSchema().fields),
        *(f"reading.{name}" for name in (*DERIVED, *VERDICT)),
        *(f"notfound.{why}" for why in ("unknown", "typo", "malformed", "blank")),
        *(key for _, key in chain(menus.menu(None), *menus._MENUS.values())),
        *choices,
        *context._SPELLINGS.values(),
        *(f"quality.flag.{flag}" for flag in Flag),
        *(f"appeals.state.{state}" for state in AppealState),
        *(f"retests.state.{state}" for state in RetestState),
        *(f"recalls.state.{state}" for state in RecallState),
        *(f"fires.cause.{cause}" for cause in Cause),
        *(f"fires.certainty.{certainty}" for certainty in Certainty),
        *(f"retests.finding.{finding}" for finding in Finding),
        *(f"early_warning.level.{level}" for level in Level),
        *(f"early_warning.sign.{sign}" for sign in Sign),
        *(f"quality.quantity.{quantity}" for quantity in Quantity),
        *(f"quality.severity.{severity}" for severity in Severity),
        *(f"link.{each.link_type}" for each in linkset.TARGETS),
        f"link.{linkset.DEFAULT}",
        *chain_of_custody(),
        *office(),
        *oversight(),
        *(f"report.kind.{kind}" for kind in ReportKind),
        *evidence.NAMED.values(),
        *(f"report.field.{field}" for field in reports._FIELDS),
        "http.400.csrf",
        "http.other",
    }


def test_both_languages_have_the_same_keys_and_no_empty_words() -> None:
    zh, en = words("zh"), words("en")
    assert zh.keys() == en.keys()
    assert len(zh) > 400
    for language, told in (("zh", zh), ("en", en)):
        assert [key for key, text in told.items() if not text.strip()] == [], language


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fuzzy_or_left_over(language: str) -> None:
    catalogue = read(language)
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_served_is_what_was_written(language: str) -> None:
    made = io.BytesIO()
    write_mo(made, read(language))
    assert po_file(language).with_suffix(".mo").read_bytes() == made.getvalue()


def test_places_for_values_agree_between_the_languages() -> None:
    zh, en = words("zh"), words("en")
    for pattern in (_NAMED, _NUMBERED):
        for key, text in zh.items():
            assert set(pattern.findall(text)) == set(pattern.findall(en[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_per_cent_sign_is_always_a_place_for_a_value(language: str) -> None:
    for key, text in words(language).items():
        assert "%" not in _NAMED.sub("", text), key


def test_every_refusal_can_be_told() -> None:
    codes = {each.code for each in refusals()}
    assert len(codes) > 30
    assert {f"refusal.{code}" for code in codes} - words("en").keys() == set()


def test_every_key_that_is_used_exists() -> None:
    templates, code = keys_of_templates(), keys_of_code()
    assert len(templates) > 100
    assert {"wire.required", "site.yes"} <= code
    used = templates | code | keys_made_of_words()
    assert sorted(used - words("en").keys()) == []


def test_no_text_is_kept_that_nobody_says() -> None:
    used = keys_of_templates() | keys_of_code() | keys_made_of_words()
    told = {f"refusal.{each.code}" for each in refusals()}
    assert sorted(words("en").keys() - used - told) == []


def test_an_english_text_holds_no_chinese_and_the_other_way_round() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    mixed = [key for key, text in words("en").items() if han.search(text)]
    assert sorted(mixed) == ["site.switch", "site.switch_label"]
    chinese_free = {"site.switch", "site.switch_label"}
    for key, text in words("zh").items():
        if key.startswith(("refusal.", "code.", "battery.", "sale.", "custody.")):
            assert han.search(text) or key in chinese_free, key


def test_a_fault_is_told_with_its_values(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert context.fault("wire.out_of_range|1|150") == "must lie from 1 to 150"
    with app.test_request_context("/?lang=zh"):
        assert context.fault("wire.required") == "必填"


def patterns() -> set[str]:
    """The expressions that ``spelled`` is given anywhere."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        name = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "spelled":
                told = node.args[0]
                found.add(
                    told.value
                    if isinstance(told, ast.Constant)
                    else getattr(importlib.import_module(name), ast.unparse(told))
                )
    return {str(pattern) for pattern in found}


def test_a_spelling_is_told_in_words_and_never_as_an_expression(app: Flask) -> None:
    assert patterns() == set(context._SPELLINGS)
    for language in LANGUAGES:
        with app.test_request_context(f"/?lang={language}"):
            for pattern in (*patterns(), "nobody|knows{0}"):
                told = context.fault(f"wire.pattern|{pattern}")
                assert not set("[]{}|^$") & set(told), told
                assert not told.startswith(("wire.", "spelling.")), told


def test_a_status_without_words_has_some(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert context.text("http.418") == "The request could not be carried out."


def test_outside_a_request_words_are_chinese(app: Flask) -> None:
    with app.app_context():
        assert context.text("site.yes") == "是"
