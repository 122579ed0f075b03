"""What a battery's addresses lead to, as a linkset (RFC 9264) of GS1 link types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

NAMESPACE: Final = "https://ref.gs1.org/voc/"
DEFAULT: Final = "defaultLink"
MEDIA_TYPE: Final = "application/linkset+json"

_NAMESPACES: Final = (NAMESPACE, "https://gs1.org/voc/", "http://gs1.org/voc/", "gs1:")
_LINKSET_NAMES: Final = frozenset({"linkset", "all"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One thing that an address of a battery can lead to.

    Args:
        link_type: GS1's name of what it is, without its namespace.
        path: Where, with ``{code}`` for the public code as shown.
        media_type: What is there.
        languages: In which languages; none where words play no part.
        is_public: Whether it can be read without an account.
    """

    link_type: str
    path: str
    media_type: str = "application/json"
    languages: tuple[str, ...] = ()
    is_public: bool = True

    def href(self, base_url: str, *, code: str, language: str | None = None) -> str:
        """Say the address for one battery, in one of its languages."""
        query = f"?lang={language}" if language else ""
        return f"{base_url}{self.path.format(code=code)}{query}"


_PAGE: Final = "/b/{code}"
_BOTH: Final = ("zh", "en")

TARGETS: Final = (
    *(
        Target(link_type=name, path=_PAGE, media_type="text/html", languages=_BOTH)
        for name in ("safetyInfo", "handlingEndOfLife", "locationInfo", "registryEntry")
    ),
    Target(link_type="recallStatus", path="/api/v1/resale/{code}"),
    Target(link_type="productPassport", path="/api/v1/batteries/{code}/passport"),
    Target(link_type="traceability", path="/api/v1/custody/{code}", is_public=False),
    Target(
        link_type="epcis",
        path="/api/v1/custody/{code}/epcis",
        media_type="application/ld+json",
        is_public=False,
    ),
)


def default_href(base_url: str, *, code: str) -> str:
    """Say where an address leads when nothing else is asked for: the safety page."""
    return f"{base_url}{_PAGE.format(code=code)}"


def is_linkset(link_type: str) -> bool:
    """Whether ``linkType`` asks for the list of all links."""
    return link_type in _LINKSET_NAMES


def find(link_type: str) -> Target | None:
    """Find what a ``linkType`` names: ``gs1:…``, or a whole address of a term.

    The default link is answered like the safety page that it leads to.
    """
    name = link_type
    for namespace in _NAMESPACES:
        name = name.removeprefix(namespace)
    if name in {link_type, ""}:
        return None
    if name == DEFAULT:
        return TARGETS[0]
    return next((each for each in TARGETS if each.link_type == name), None)


def document(
    *,
    anchor: str,
    description: str,
    base_url: str,
    code: str,
    title: Callable[[str, str | None], str],
) -> dict[str, Any]:
    """Write the linkset of one battery.

    Args:
        anchor: The address that was asked for, uncompressed and without query.
        description: What the thing is, for people.
        base_url: Where this registry is, without a slash at its end.
        code: The battery's public code as shown.
        title: Words for a link type in a language; None for the reader's own.
    """
    links: dict[str, Any] = {
        f"{NAMESPACE}{target.link_type}": _links(target, base_url, code, title)
        for target in TARGETS
    }
    links[f"{NAMESPACE}{DEFAULT}"] = [
        {"href": default_href(base_url, code=code), "title": title(DEFAULT, None)}
    ]
    return {"linkset": [{"anchor": anchor, "itemDescription": description, **links}]}


def _links(
    target: Target, base_url: str, code: str, title: Callable[[str, str | None], str]
) -> list[dict[str, Any]]:
    languages: Sequence[str | None] = target.languages or (None,)
    return [
        {
            "href": target.href(base_url, code=code, language=language),
            "title": title(target.link_type, language),
            "type": target.media_type,
            **({"hreflang": [language]} if language else {}),
            **({} if target.is_public else {"public": False}),
        }
        for language in languages
    ]
