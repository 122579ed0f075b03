"""URIs of what events are about: batteries, parties, places, papers.

Batteries are named by their label's address and drums by their SSCC; people
never are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from battery_registry.domain import code as codes
from battery_registry.domain.code import PublicCode
from battery_registry.domain.epcis.context import Context
from battery_registry.domain.epcis.terms import CONTEXT_URL
from battery_registry.domain.gs1 import percent

PREFIX = "registry"


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The URIs of one registry.

    Args:
        base_url: Where it is served, such as ``https://registry.example``.
    """

    base_url: str

    def battery(self, code: PublicCode) -> str:
        """Name a battery by what its label carries."""
        return codes.url(self.base_url, code=code)

    def party(self, code: str) -> str:
        """Name an organisation, or the resident who is never named."""
        return self._id("party", code)

    def station(self, code: str) -> str:
        """Name a station, which is a place."""
        return self._id("station", code)

    def instrument(self, station_code: str, code: str) -> str:
        """Name an instrument of a station."""
        return self._id("instrument", station_code, code)

    def inspection(self, inspection_id: UUID) -> str:
        """Name an inspection, by where the API answers for it."""
        return f"{self._root}/api/v1/inspections/{inspection_id}"

    def certificate(self, party: str, number: str) -> str:
        """Name a certificate of an organisation."""
        return self._id("certificate", party, number)

    def manifest(self, manifest_id: UUID | str) -> str:
        """Name a manifest, by where the API answers for it."""
        return f"{self._root}/api/v1/manifests/{percent_escaped(str(manifest_id))}"

    def recall(self, recall_id: UUID) -> str:
        """Name a recall, by where the API answers for it."""
        return f"{self._root}/api/v1/recalls/{recall_id}"

    def drum(self, sscc: str) -> str:
        """Name a drum by its serial shipping container code."""
        return f"https://id.gs1.org/00/{sscc}"

    @property
    def namespace(self) -> str:
        """Where the registry's own extensions are named."""
        return f"{self._root}/ns/epcis/"

    @property
    def ld_context(self) -> list[Any]:
        """The ``@context`` of the registry's documents."""
        return [CONTEXT_URL, {PREFIX: self.namespace}]

    @property
    def context(self) -> Context:
        """The same, as hashes need it."""
        return Context.read(self.ld_context)

    @property
    def _root(self) -> str:
        return self.base_url.rstrip("/")

    def _id(self, *parts: str) -> str:
        return "/".join((self._root, "id", *map(percent_escaped, parts)))


def percent_escaped(text: str) -> str:
    """Escape a part of an address, whatever its signs, by its bytes in UTF-8."""
    return percent.escape(text.encode(errors="replace").decode("latin-1"))


def instant(moment: datetime) -> str:
    """Spell a time as EPCIS does: UTC, three decimals."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"
