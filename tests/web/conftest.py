import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import Registry
from tests.played import Play
from tests.web.visits import Visitor


@pytest.fixture
def play(client: FlaskClient, registry: Registry) -> Play:
    """The small city, played through its API."""
    return Play(client=client, registry=registry)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody without an account, reading English."""
    return Visitor(app)


@pytest.fixture
def inspector(app: Flask, registry: Registry) -> Visitor:
    """Somebody signed in at station XC-01."""
    assert registry.stations
    return Visitor(app).sign_in("inspector")


@pytest.fixture
def regulator(app: Flask, registry: Registry) -> Visitor:
    """Somebody signed in who sees the whole city."""
    assert registry.stations
    return Visitor(app).sign_in("regulator")
