"""The command line, run inside the test's process on a fresh registry."""

import base64
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from battery_registry.cli import main
from battery_registry.settings import Settings

Run = Callable[..., Result]


def environment(options: Settings) -> dict[str, str]:
    """Settings as an operator gives them."""
    return {
        "DATABASE_URL": options.database_url,
        "BATTERY_REGISTRY_SECRET_KEY": base64.b64encode(options.secret_key).decode(),
        "BATTERY_REGISTRY_DATA_KEY": base64.b64encode(options.data_key).decode(),
        "BATTERY_REGISTRY_LOOKUP_KEY": base64.b64encode(options.lookup_key).decode(),
        "BATTERY_REGISTRY_SIGNING_KEY": base64.b64encode(options.signing_key).decode(),
        "BATTERY_REGISTRY_BASE_URL": options.base_url,
    }


@pytest.fixture
def run(settings: Settings) -> Run:
    """Run ``battery-registry`` with arguments; refusals are results."""

    def call(*arguments: object, given: str = "", **variables: str | None) -> Result:
        return CliRunner().invoke(
            main,
            [str(argument) for argument in arguments],
            input=given,
            env={**environment(settings), **variables},
            catch_exceptions=False,
        )

    return call
