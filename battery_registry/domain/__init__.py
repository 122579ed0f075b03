"""The registry's rules: pure functions from frozen values to frozen values.

Every refusal derives from ``RegistryError``:

    RegistryError
    ├── malformed        the request cannot be read
    ├── unauthenticated  nobody is known to be asking
    ├── forbidden        the caller may not do this
    ├── not_found        there is no such thing
    ├── conflict         the thing is not in a state that allows it
    ├── gone             the thing was here and is not any more
    ├── invalid          a value cannot be accepted; ``field`` names it
    ├── too_many         later, please
    └── unavailable      not now, and not the caller's fault
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of refusal it is; a face maps it to its own signs."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    GONE = "gone"
    INVALID = "invalid"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class RegistryError(Exception):
    """A refusal with a stable code.

    Its words are in the catalogues under ``refusal.<code>``; ``params`` fill
    them. ``extra`` goes to machines as further members of the problem.

    Args:
        field: The input field at fault, as the wire names it.
        extra: Facts a machine may use, JSON values only.
        params: What the sentence in the catalogue needs.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = Kind.INVALID

    def __init__(
        self,
        *,
        field: str | None = None,
        extra: Mapping[str, object] | None = None,
        **params: object,
    ) -> None:
        """Keep what the faces need to tell the caller."""
        super().__init__(self.code)
        self.field = field
        self.extra = dict(extra or {})
        self.params = params

    def __str__(self) -> str:
        """Say the code and its parameters, for logs."""
        told = {**({"field": self.field} if self.field else {}), **self.params}
        return f"{self.code} {told}" if told else self.code
