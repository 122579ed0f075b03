"""The JSON body of a request."""

from typing import Any

from flask import request

from battery_registry.api.inspections import BodyNotJsonError
from battery_registry.wire import json_text


def read_json() -> Any:
    """Read the request's body as JSON.

    Raises:
        BodyNotJsonError: It does not say that it is JSON.
        MalformedBodyError: It is not.
    """
    if not request.is_json:
        raise BodyNotJsonError
    return json_text.parse(request.get_data(cache=False))
