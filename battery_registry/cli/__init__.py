"""The operator's command line: ``battery-registry``."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import click

from battery_registry.cli.table import CommandTable

# One line a command: its name, and the module and object that it is. A module
# is loaded only when its command is called, since a health check that runs
# every few seconds should not load what draws labels.
COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "serve": "battery_registry.cli.serve:serve",
        "demo": "battery_registry.cli.demo.command:demo",
        "worker": "battery_registry.cli.worker:worker",
        "healthcheck": "battery_registry.cli.healthcheck:healthcheck",
        "doctor": "battery_registry.cli.doctor:doctor",
        "db": "battery_registry.cli.db:db",
        "org": "battery_registry.cli.org:org",
        "station": "battery_registry.cli.station:station",
        "user": "battery_registry.cli.user:user",
        "key": "battery_registry.cli.key:key",
        "import": "battery_registry.cli.import_file:import_file",
        "clearance": "battery_registry.cli.clearance:clearance",
        "statement": "battery_registry.cli.statement:statement",
        "labels": "battery_registry.cli.labels:labels",
        "models": "battery_registry.cli.models:models",
        "rescore": "battery_registry.cli.rescore:rescore",
        "scoring": "battery_registry.cli.scoring:scoring",
        "conformance": "battery_registry.cli.conformance:conformance",
    }
)


@click.group(cls=CommandTable, table=COMMANDS)
@click.version_option(package_name="battery-registry")
def main() -> None:
    """Run and look after the registry of e-bike battery inspections.

    Without any settings the registry is embedded: its database and its keys
    are in BATTERY_REGISTRY_DATA, or in your own data folder. With DATABASE_URL
    and the BATTERY_REGISTRY_* keys set, it is those. docs/operations.md lists
    them all.
    """
