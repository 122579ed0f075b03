"""Take pictures of every page: both languages, light and dark, phone and desktop.

    python -m tests.browser.screenshots FOLDER [NAME...]

They are for people to look at; no test compares them.
"""

import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

from battery_registry.store import schema
from battery_registry.store.db import Database
from tests.browser.city import play_city
from tests.browser.looking import LANGUAGES, SCHEMES, SCREENS, Look
from tests.browser.pages import PAGES, PageSeen
from tests.chromium import chromium
from tests.server import environment, free_port, run


def main(folder: Path, names: list[str]) -> int:
    """Take the pictures of all pages, or of those named; gives how many."""
    wanted = [seen for seen in PAGES if not names or seen.name in names]
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="battery-registry-screenshots-"))
    database = Database(f"sqlite:///{work / 'registry.sqlite'}")
    schema.upgrade(database)
    database.dispose()
    port = free_port()
    environ = environment(
        f"sqlite:///{work / 'registry.sqlite'}", port, blobs=work / "blobs"
    )
    city = play_city(environ)
    city.registry.runtime.database.dispose()
    with run(environ, port, work / "server.log") as url, chromium() as browser:
        look = Look(browser=browser, url=url, places=city.places)
        for seen in wanted:
            _take(look, seen, folder)
        look.close()
    shutil.rmtree(work)
    return len(wanted) * len(LANGUAGES) * len(SCHEMES) * len(SCREENS)


def _take(look: Look, seen: PageSeen, folder: Path) -> None:
    for language in LANGUAGES:
        page = look.open(seen, language)
        for scheme, screen in product(SCHEMES, SCREENS):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
            page.set_viewport_size(screen)  # type: ignore[arg-type]  # a plain dict is what it takes
            name = f"{seen.name}.{language}.{scheme}.{screen['width']}.png"
            page.screenshot(path=folder / name, full_page=not seen.is_long)
        page.close()


if __name__ == "__main__":
    taken = main(Path(sys.argv[1]), sys.argv[2:])
    sys.stdout.write(f"{taken} pictures in {sys.argv[1]}\n")
