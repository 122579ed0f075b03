import pytest
from flask.testing import FlaskClient

from tests.builders import Registry
from tests.played import Play


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)
