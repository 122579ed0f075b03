# noqa: INP001 - a script of its own, not part of a package
"""Compile the message catalogues: every ``messages.po`` to the ``.mo`` beside it.

    python tools/compile_catalogues.py [--check]

With ``--check`` nothing is written; it fails when a ``.mo`` is not what its
``.po`` compiles to. The result holds no time, so the same words always give
the same bytes.
"""

import io
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parents[1] / "battery_registry" / "translations"


def compile_catalogue(po: Path) -> bytes:
    """Compile one catalogue; fuzzy words are left out, as gettext does."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parents[1].name)
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def main(arguments: list[str]) -> int:
    """Write what has changed, or only say so."""
    stale = []
    for po in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        compiled = compile_catalogue(po)
        if not mo.exists() or mo.read_bytes() != compiled:
            stale.append(po.relative_to(TRANSLATIONS).as_posix())
            if "--check" not in arguments:
                mo.write_bytes(compiled)
    for name in stale:
        sys.stdout.write(f"{name} has changed\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
