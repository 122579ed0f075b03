"""``python -m battery_registry.cli``, for where no script is installed."""

from battery_registry.cli import main

main(prog_name="battery-registry")
