"""The API reference, made from the same document that describes the API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app

from battery_registry import context
from battery_registry.domain.caller import PUBLIC
from battery_registry.web.showing import render

_METHODS = ("get", "post", "put", "patch", "delete")

blueprint = Blueprint("docs", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method of one address, as the document describes it."""

    method: str
    path: str
    told: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]
    bodies: tuple[str, ...]
    answers: tuple[tuple[str, str, str], ...]
    is_public: bool

    @property
    def anchor(self) -> str:
        """Name of its place on the page."""
        signs = (sign if sign.isalnum() else "-" for sign in self.path.strip("/"))
        return f"{self.method}-{''.join(signs)}"


@blueprint.get("/docs")
@context.requires(PUBLIC)
def reference() -> str:
    """Show the reference; it needs no script."""
    document = current_app.extensions["openapi"].document()
    return render(
        "docs.html",
        document=document,
        operations=list(_operations(document)),
        schemas=document.get("components", {}).get("schemas", {}),
        type_of=type_of,
    )


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in sorted(document.get("paths", {}).items()):
        shared = methods.get("parameters", [])
        for method in _METHODS:
            if method in methods:
                yield _operation(document, path, method, methods[method], shared)


def _operation(
    document: Mapping[str, Any],
    path: str,
    method: str,
    told: Mapping[str, Any],
    shared: list[Mapping[str, Any]],
) -> Operation:
    content = told.get("requestBody", {}).get("content", {})
    given = [
        _resolve(document, each) for each in (*shared, *told.get("parameters", ()))
    ]
    return Operation(
        method=method,
        path=path,
        told=told,
        parameters=tuple(given),
        bodies=tuple(type_of(each.get("schema", {})) for each in content.values()),
        answers=tuple(
            _answer(document, status, answer)
            for status, answer in sorted(told.get("responses", {}).items())
        ),
        is_public=told.get("security") == [],
    )


def _answer(
    document: Mapping[str, Any], status: str, answer: Mapping[str, Any]
) -> tuple[str, str, str]:
    found = _resolve(document, answer)
    contents = found.get("content", {}).values()
    types = " / ".join(type_of(each.get("schema", {})) for each in contents)
    return str(status), str(found.get("description", "")), types


def _resolve(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference inside the document; anything else is itself."""
    if "$ref" not in part:
        return part
    found: Any = document
    for name in str(part["$ref"]).removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def type_of(schema: Mapping[str, Any]) -> str:
    """Say a schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " | ".join(type_of(each) for each in schema[several])
    told = schema.get("type", "")
    words = [told] if isinstance(told, str) else list(told)
    if "array" in words:
        return f"[{type_of(schema.get('items', {}))}]"
    if "enum" in schema:
        return " | ".join(str(word) for word in schema["enum"] if word is not None)
    return " ".join([" | ".join(words), *_limits(schema)]).strip()


def _limits(schema: Mapping[str, Any]) -> list[str]:
    names = ("format", "minimum", "maximum", "minLength", "maxLength", "pattern")
    return [f"{name} {schema[name]}" for name in names if name in schema]
