"""Every page that people see, as a table: the gates and the screenshots visit each.

A new page is a new row. ``{…}`` in an address is filled in from the played city
(``tests/browser/city.py``), which has one thing of each kind.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class PageSeen:
    """A page, and who sees it.

    Args:
        name: What it is called; also the name of its screenshots.
        address: Where it is, with places of the played city in braces.
        sign_in: The sign-in name of who sees it; None for everybody.
        status: The HTTP status that it comes with.
        is_long: So long that it is judged in one style a language, not in four.
    """

    name: str
    address: str
    sign_in: str | None = None
    status: int = 200
    is_long: bool = False


PUBLIC: Final = (
    PageSeen(name="home", address="/"),
    PageSeen(name="docs", address="/docs", is_long=True),
    PageSeen(name="sign-in", address="/sign-in"),
    PageSeen(name="resident-green", address="/b/{green}"),
    PageSeen(name="resident-yellow", address="/b/{yellow}"),
    PageSeen(name="resident-red", address="/b/{red}"),
    PageSeen(name="resident-destroyed", address="/b/{destroyed}", status=410),
    PageSeen(name="resident-blank", address="/b/{blank}", status=404),
    PageSeen(name="buy", address="/b/{red}/buy"),
    PageSeen(name="genuine", address="/b/{green}/genuine"),
    PageSeen(name="sites", address="/sites?district=110102"),
    PageSeen(name="report", address="/report?code={red}&kind=found"),
    PageSeen(name="report-thanks", address="/report/thanks"),
    PageSeen(name="losses", address="/losses"),
    PageSeen(name="transfer", address="/transfers/{nowhere}"),
    PageSeen(name="error", address="/no-such-page", status=404),
)
INSPECTOR: Final = tuple(
    PageSeen(name=name, address=address, sign_in="inspector")
    for name, address in (
        ("inspect", "/inspect"),
        ("upload", "/upload"),
        ("station", "/station"),
        ("verdict-red", "/inspections/{red_inspection}"),
        ("verdict-green", "/inspections/{green_inspection}"),
        ("held", "/held"),
        ("labels", "/labels"),
        ("labels-own", "/labels?template=custom&columns=4&first=5"),
    )
)
REGULATOR: Final = tuple(
    PageSeen(name=name, address=address, sign_in="regulator")
    for name, address in (
        ("overview", "/overview"),
        ("red-list", "/red-list"),
        ("red-list-filtered", "/red-list?overdue=false"),
        ("figures", "/figures"),
        ("quality", "/quality"),
        ("quality-station", "/quality/XC-01"),
        ("battery", "/batteries/{red}"),
        ("dossier", "/cases/{destroyed}/dossier"),
        ("appeals", "/appeals"),
        ("early-warnings", "/early-warnings"),
        ("recalls", "/recalls"),
        ("recall", "/recalls/{recall}"),
        ("fires", "/fires"),
        ("fire", "/fires/{fire}"),
        ("whereabouts", "/whereabouts"),
        ("manifests", "/manifests"),
        ("manifest", "/manifests/{manifest}"),
        ("incidents", "/incidents"),
        ("reports", "/reports"),
    )
)
COLLECTOR: Final = tuple(
    PageSeen(name=name, address=address, sign_in="collector")
    for name, address in (
        ("work-collector", "/work"),
        ("accept", "/accept"),
        ("load", "/manifests/new?drums=2"),
        ("manifests-own", "/manifests"),
        ("manifest-own", "/manifests/{manifest}"),
        ("manifest-sheet", "/manifests/{manifest}/sheet"),
        ("pack", "/packs/{red}"),
    )
)
DEALER: Final = tuple(
    PageSeen(name=name, address=address, sign_in="dealer")
    for name, address in (
        ("check", "/check?of={check}"),
        ("clearances", "/clearances"),
        ("clearance", "/clearances/{clearance}"),
    )
)
RECYCLER: Final = tuple(
    PageSeen(name=name, address=address, sign_in="recycler")
    for name, address in (
        ("work-recycler", "/work"),
        ("accept-recycler", "/accept"),
        ("gate", "/manifests/{manifest}/receipt"),
        ("pack-received", "/packs/{received}"),
        ("pack-destroyed", "/packs/{destroyed}"),
    )
)
ADMIN: Final = tuple(
    PageSeen(name=name, address=address, sign_in="admin")
    for name, address in (
        ("admin", "/admin"),
        ("admin-organisations", "/admin/organisations"),
        ("admin-people", "/admin/people"),
        ("admin-stations", "/admin/stations"),
        ("admin-instruments", "/admin/instruments"),
        ("admin-keys", "/admin/keys"),
        ("admin-labels", "/admin/labels"),
        ("admin-retention", "/admin/retention"),
    )
)
AUDITOR: Final = (
    PageSeen(name="ledger", address="/ledger?code={red}", sign_in="auditor"),
)
PAGES: Final = (
    *ADMIN,
    *AUDITOR,
    *PUBLIC,
    *INSPECTOR,
    *COLLECTOR,
    *RECYCLER,
    *DEALER,
    *REGULATOR,
)
