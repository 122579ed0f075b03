"""Why a step of a red case is refused."""

from typing import ClassVar

from battery_registry.domain import Kind, RegistryError


class UnlawfulStepError(RegistryError):
    """The case cannot go from its state to that one."""

    code: ClassVar[str] = "custody_step_unlawful"
    kind: ClassVar[Kind] = Kind.CONFLICT


class CaseClosedError(RegistryError):
    """The battery is destroyed or cleared; nothing can follow."""

    code: ClassVar[str] = "custody_case_closed"
    kind: ClassVar[Kind] = Kind.CONFLICT


class NotYourStepError(RegistryError):
    """Another role or another organisation signs this step."""

    code: ClassVar[str] = "custody_not_your_step"
    kind: ClassVar[Kind] = Kind.FORBIDDEN


class WrongPartyError(RegistryError):
    """The giver does not hold it, or a party is of the wrong kind."""

    code: ClassVar[str] = "custody_wrong_party"


class EvidenceMissingError(RegistryError):
    """The step is not proven without a piece of evidence."""

    code: ClassVar[str] = "custody_evidence_missing"


class EventTimeError(RegistryError):
    """The event lies in the future or before the one it follows."""

    code: ClassVar[str] = "custody_event_time"


class OfferNeededError(RegistryError):
    """A battery passes between two organisations only if both say so.

    The giver offers and the receiver accepts, or a manifest is dispatched and
    received.
    """

    code: ClassVar[str] = "custody_offer_needed"
    kind: ClassVar[Kind] = Kind.CONFLICT
