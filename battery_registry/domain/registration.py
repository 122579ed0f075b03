"""Why an inspection cannot be put to a battery."""

from battery_registry.domain import Kind, RegistryError


class BatteryUnknownError(RegistryError):
    """There is no battery with this label, or it is not the reader's to see."""

    code = "battery_unknown"
    kind = Kind.NOT_FOUND


class LabelUnknownError(RegistryError):
    """No label with this code was ever made."""

    code = "label_unknown"


class LabelReplacedError(RegistryError):
    """This label was replaced; the new one must be scanned."""

    code = "label_replaced"
    kind = Kind.CONFLICT


class SecondLabelError(RegistryError):
    """The battery has a label already; a blank one cannot be added."""

    code = "label_second"
    kind = Kind.CONFLICT


class CodeOfAnotherBatteryError(RegistryError):
    """The label and the maker's codes belong to different batteries."""

    code = "pack_code_of_another"
    kind = Kind.CONFLICT


class UnitKindChangedError(RegistryError):
    """A pack does not become a cell, nor a cell a pack."""

    code = "unit_kind_changed"
    kind = Kind.CONFLICT


class InspectionIdReusedError(RegistryError):
    """The inspection id was used before for something else."""

    code = "inspection_id_reused"
