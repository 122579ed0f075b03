"""The description of the API: an OpenAPI document made from the views' own words."""

from functools import cached_property
from threading import Lock
from typing import Any

from flask import Blueprint, Flask
from flask_smorest import Api

from battery_registry import __version__
from battery_registry.api import problem
from battery_registry.api.schemas.problems import ProblemSchema

_DESCRIPTION = (
    "Readings of e-bike batteries in, verdicts out; red batteries followed to their"
    " destruction. Errors are RFC 9457 problem JSON."
)


class RegistryApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """flask-smorest with our problems, describing itself when first asked.

    To describe takes longer than everything else an application does to start,
    and a worker that answers stations is never asked for it.
    """

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE: str

    def __init__(self, app: Flask, **options: Any) -> None:
        """Describe nothing yet."""
        self._served: list[Any] = []
        self._describing = Lock()
        super().__init__(app, **options)

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Serve a blueprint; its description waits."""
        names = self._app.extensions["flask-smorest"]["blp_name_to_api"]
        names[blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._served.append(blueprint)

    def document(self) -> dict[str, Any]:
        """Give the OpenAPI document."""
        with self._describing:
            return self._document

    @cached_property
    def _document(self) -> dict[str, Any]:
        for blueprint in self._served:
            blueprint.register_views_in_doc(
                self, self._app, self.spec, name=blueprint.name, parameters=None
            )
            self.spec.tag(
                {"name": blueprint.name, "description": blueprint.description}
            )
        document: dict[str, Any] = self.spec.to_dict()
        return document

    def _register_responses(self) -> None:
        plain = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problem.MEDIA_TYPE
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = plain

    def _register_error_handlers(self) -> None:
        """Leave errors to the application, which knows pages too."""


def describe(app: Flask) -> RegistryApi:
    """Make the API of an application, without any address yet."""
    app.config.update(
        API_TITLE="Battery registry",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
    )
    described = RegistryApi(
        app,
        spec_kwargs={
            "info": {
                "description": _DESCRIPTION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "security": [{"key": []}],
        },
    )
    described.spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "bearerFormat": "br_live_…"}
    )
    return described
