"""What each person's menu offers: a table, so that a new page is a new row."""

from collections.abc import Mapping, Sequence
from typing import Final

from battery_registry.domain.caller import Caller
from battery_registry.domain.roles import Role

Entry = tuple[str, str]

_INSPECTOR: Final[tuple[Entry, ...]] = (
    ("inspectors.form", "menu.inspect"),
    ("inspectors.upload_form", "menu.upload"),
    ("held_page.overview", "menu.held"),
    ("station_page.overview", "menu.station"),
    ("label_designer.overview", "menu.labels"),
)
_READER: Final[tuple[Entry, ...]] = (
    ("overview_page.overview", "menu.overview"),
    ("regulators.red_list", "menu.red_list"),
    ("regulators.figures", "menu.figures"),
    ("quality.overview", "menu.quality"),
    ("appeals_page.overview", "menu.appeals"),
    ("appeals_page.warnings", "menu.early_warnings"),
    ("recalls_page.overview", "menu.recalls"),
    ("fires_page.overview", "menu.fires"),
    ("whereabouts_page.overview", "menu.whereabouts"),
    ("manifests_page.overview", "menu.manifests"),
    ("incidents_page.overview", "menu.incidents"),
)
_REPORTS: Final[Entry] = ("reports_page.overview", "menu.reports")
_COLLECTOR: Final[tuple[Entry, ...]] = (
    ("work.start", "menu.work"),
    ("acceptance_page.overview", "menu.accept"),
    ("loading_page.form", "menu.load"),
    ("manifests_page.overview", "menu.manifests"),
)
_RECYCLER: Final[tuple[Entry, ...]] = (
    ("work.start", "menu.work"),
    ("acceptance_page.overview", "menu.accept"),
    ("manifests_page.overview", "menu.manifests"),
)
_LEDGER: Final[Entry] = ("ledger_page.overview", "menu.ledger")
_OFFICE: Final[tuple[Entry, ...]] = (
    ("admin.start", "menu.admin"),
    ("label_designer.overview", "menu.labels"),
    _LEDGER,
)
_DEALER: Final[tuple[Entry, ...]] = (
    ("checks_page.overview", "menu.check"),
    ("clearances_page.overview", "menu.clearances"),
)
_MENUS: Final[Mapping[Role, tuple[Entry, ...]]] = {
    Role.INSPECTOR: _INSPECTOR,
    Role.COLLECTOR: _COLLECTOR,
    Role.RECYCLER: _RECYCLER,
    Role.DEALER: _DEALER,
    Role.REGULATOR: (*_READER, _REPORTS),
    Role.AUDITOR: (*_READER, _LEDGER),
    Role.ADMIN: (*_READER, _REPORTS, *_OFFICE),
}
_EVERYBODY: Final[tuple[Entry, ...]] = (("docs.reference", "menu.docs"),)


def menu(caller: Caller | None) -> Sequence[Entry]:
    """List what a caller's menu offers, as endpoint and key of its words."""
    own = _MENUS.get(caller.role, ()) if caller else ()
    return (*own, *_EVERYBODY)
