"""Fires, and the batteries they are put down to.

That a pack burnt is what the score is for; a report says how sure it is of
the cause, so that a guess never weighs as much as a laboratory's finding.
"""

from enum import StrEnum
from typing import ClassVar

from battery_registry.domain import Kind, RegistryError


class Cause(StrEnum):
    """What the fire is put down to."""

    BATTERY_FAULT = "battery_fault"
    CHARGER_FAULT = "charger_fault"
    WIRING = "wiring"
    DAMAGE = "damage"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How sure the cause is."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class Link(StrEnum):
    """By what a fire is linked to batteries."""

    CODE = "code"
    SERIAL = "serial"
    MODEL = "model"


class FireUnknownError(RegistryError):
    """There is no such report, or it is not the reader's to see."""

    code: ClassVar[str] = "fire_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class FireLinkError(RegistryError):
    """A report names one battery by label or serial, or a maker and a model."""

    code: ClassVar[str] = "fire_link"


class FireBatteryError(RegistryError):
    """No battery has the label that the report names."""

    code: ClassVar[str] = "fire_battery"


class FireTimeError(RegistryError):
    """The fire lies in the future."""

    code: ClassVar[str] = "fire_time"


def link_of(*, has_code: bool, has_serial: bool, has_model: bool) -> Link:
    """Tell by what a report is linked; a serial may name its maker too.

    Raises:
        FireLinkError: By nothing, or by a label and something else.
    """
    if has_code and not (has_serial or has_model):
        return Link.CODE
    if has_serial and not has_code:
        return Link.SERIAL
    if has_model and not has_code:
        return Link.MODEL
    raise FireLinkError(field="code")
