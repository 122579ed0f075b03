"""Why a manifest is refused, or stays where it is."""

from typing import ClassVar

from battery_registry.domain import Kind, RegistryError


class ManifestUnsoundError(RegistryError):
    """A drum or a pack of the list is doubled, empty, or named nowhere."""

    code: ClassVar[str] = "manifest_unsound"


class SsccError(RegistryError):
    """A drum's number is no SSCC: 18 digits, the last a check digit."""

    code: ClassVar[str] = "manifest_sscc"


class NoManifestError(RegistryError):
    """There is no such manifest, or it is not the caller's."""

    code: ClassVar[str] = "manifest_unknown"
    kind: ClassVar[Kind] = Kind.NOT_FOUND


class ManifestStateError(RegistryError):
    """The manifest is not where this can be done."""

    code: ClassVar[str] = "manifest_state"
    kind: ClassVar[Kind] = Kind.CONFLICT


class PackingError(RegistryError):
    """A drum's packing instruction is not that of its damage class."""

    code: ClassVar[str] = "manifest_packing"
    kind: ClassVar[Kind] = Kind.CONFLICT


class PapersMissingError(RegistryError):
    """Lead-acid goes with a licence number and a transfer manifest number."""

    code: ClassVar[str] = "manifest_papers_missing"
    kind: ClassVar[Kind] = Kind.CONFLICT


class JudgeUntrainedError(RegistryError):
    """Who judged the damage is not trained, or was too long ago."""

    code: ClassVar[str] = "manifest_judge_untrained"
    kind: ClassVar[Kind] = Kind.CONFLICT
