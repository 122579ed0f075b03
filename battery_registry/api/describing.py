"""Words of the API's description that many views share."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from battery_registry.api import problem
from battery_registry.api.schemas.problems import ProblemSchema

View = TypeVar("View", bound=Callable[..., object])

CODE_PARAMETER = {
    "in": "path",
    "name": "code",
    "required": True,
    "schema": {"type": "string", "minLength": 16, "maxLength": 200},
    "description": "Public code as on a label; hyphens and case do not count.",
}


class Describes(Protocol):
    """A blueprint that describes its views."""

    def alt_response(self, status: int, **kwargs: Any) -> Callable[[Any], Any]:
        """Describe one more answer of a view."""


def refuses(blueprint: Describes, *statuses: int) -> Callable[[View], View]:
    """Describe which refusals a view answers with, all as problem JSON."""

    def declare(view: View) -> View:
        described: Any = view
        for status in statuses:
            described = blueprint.alt_response(
                status, schema=ProblemSchema, content_type=problem.MEDIA_TYPE
            )(described)
        declared: View = described
        return declared

    return declare
