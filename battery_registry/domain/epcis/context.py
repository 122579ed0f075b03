"""What a document's JSON-LD context says of prefixes; nothing is ever fetched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from battery_registry.domain.epcis.terms import PREFIXES

_NAMESPACE_ENDS = ("/", "#", ":")


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Prefixes and terms of a document.

    Args:
        terms: The full spelling of each prefix or term.
    """

    terms: Mapping[str, str] = field(default_factory=lambda: PREFIXES)

    @classmethod
    def read(cls, told: object) -> Self:
        """Read a ``@context``: addresses are passed over, objects are read."""
        return cls(terms={**PREFIXES, **dict(_terms(told))})

    def within(self, told: object) -> Self:
        """Read the context of a part, which adds to the whole's."""
        return type(self)(terms={**self.terms, **dict(_terms(told))})

    def iri(self, name: str) -> str:
        """Spell a name in full; one that the context does not know stays."""
        prefix, colon, local = name.partition(":")
        if colon and not local.startswith("//") and prefix in self.terms:
            return self.terms[prefix] + local
        return name

    def key(self, name: str) -> str:
        """Spell an extension's name as ``{namespace}local``, as hashes need it."""
        prefix, colon, local = name.partition(":")
        if colon and not local.startswith("//") and prefix in self.terms:
            return f"{{{self.terms[prefix]}}}{local}"
        full = self.terms.get(name, name)
        cut = max(full.rfind(end) for end in _NAMESPACE_ENDS) + 1
        return f"{{{full[:cut]}}}{full[cut:]}" if cut else name


def _terms(told: object) -> Iterator[tuple[str, str]]:
    if isinstance(told, list):
        for part in told:
            yield from _terms(part)
    elif isinstance(told, Mapping):
        for name, meaning in told.items():
            full = meaning.get("@id") if isinstance(meaning, Mapping) else meaning
            if isinstance(full, str) and not name.startswith("@"):
                yield name, full
