"""Drivers by name: those built in and those of plug-ins, loaded when asked for.

Both are named by entry points of the group ``ebike_instruments.drivers``: a class
that takes a port and ``timeout_s`` and offers what `Driver` asks for. The built-in
ones are also listed here, so that they are found where the package is not
installed; a plug-in cannot take one of their names.
"""

import warnings
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from instruments.drivers.interface import DriverError

GROUP = "ebike_instruments.drivers"
BUILT_IN: Mapping[str, str] = {
    "daly": "instruments.drivers.bms:DalyDriver",
    "ebc": "instruments.drivers.ebc:EbcDriver",
    "hioki": "instruments.drivers.hioki:HiokiDriver",
    "jbd": "instruments.drivers.bms:JbdDriver",
    "jk": "instruments.drivers.bms:JkDriver",
    "modbus": "instruments.drivers.modbus:ModbusDriver",
    "rc3563": "instruments.drivers.rc3563:Rc3563Driver",
}


def find_drivers(
    installed: Iterable[EntryPoint] | None = None,
) -> dict[str, EntryPoint]:
    """Where every driver is, by name.

    Args:
        installed: Entry points of the group; those of this environment if not given.
    """
    found = {
        name: EntryPoint(name=name, value=value, group=GROUP)
        for name, value in BUILT_IN.items()
    }
    plugged = entry_points(group=GROUP) if installed is None else installed
    for point in plugged:
        if point.name not in found:
            found[point.name] = point
        elif found[point.name].value != point.value:
            message = f"driver {point.name} of {point.value} has a name that is taken"
            warnings.warn(message, stacklevel=2)
    return found


def get_driver(name: str, installed: Iterable[EntryPoint] | None = None) -> Any:
    """The class of a driver.

    Raises:
        DriverError: ``unknown_driver``, or a plug-in that cannot be loaded.
    """
    found = find_drivers(installed)
    if name not in found:
        known = ", ".join(sorted(found))
        raise DriverError("unknown_driver", f"No driver {name}; there are {known}.")
    try:
        return found[name].load()
    except (ImportError, AttributeError) as error:
        message = f"Driver {name} cannot be loaded: {error}."
        raise DriverError("unknown_driver", message) from error
