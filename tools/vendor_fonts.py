# noqa: INP001 - a script of its own, not part of a package
"""Fetch the labels' font from its npm package and write it as TrueType.

    python tools/vendor_fonts.py

It needs ``npm`` and the ``dev`` extra (fontTools with Brotli). The package is
pinned by version and SHA-512, so that running it again writes the same bytes.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # no stubs

PACKAGE = "@fontsource/noto-sans-sc@5.3.0"
ARCHIVE_SHA512 = (
    "1dea889469b4fa884e2b164bb878f5a96eabe9abc71f439674a11101c4832344"
    "50f8c5ebb5eb8b280f8cfb978e03cad8cb4305bce479013d1f428dab524c9ed1"
)
WEIGHT_FILE = "package/files/noto-sans-sc-chinese-simplified-400-normal.woff2"
LICENCE_FILE = "package/LICENSE"
FONTS = Path(__file__).parents[1] / "battery_registry" / "services" / "fonts"


def fetch(folder: Path) -> Path:
    """Pack the npm package into a folder and check what came.

    Raises:
        SystemExit: If its bytes are not the pinned ones.
    """
    # The command is a constant; npm is found on the PATH as developers have it.
    subprocess.run(  # noqa: S603 - no outside input
        ["npm", "pack", PACKAGE, "--pack-destination", str(folder)],  # noqa: S607 - ditto
        check=True,
        capture_output=True,
    )
    (archive,) = folder.glob("*.tgz")
    found = hashlib.sha512(archive.read_bytes()).hexdigest()
    if found != ARCHIVE_SHA512:
        raise SystemExit(f"{PACKAGE} has another content than the pinned one: {found}")
    return archive


def main() -> None:
    """Write the font and its licence into the package."""
    FONTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(fetch(folder)) as archive:
            archive.extract(WEIGHT_FILE, folder, filter="data")
            archive.extract(LICENCE_FILE, folder, filter="data")
        font = TTFont(folder / WEIGHT_FILE, recalcTimestamp=False)
        copyright_line = font["name"].getDebugName(0)
        font.flavor = None
        font.save(FONTS / "NotoSansSC-Regular.ttf")
        licence = (folder / LICENCE_FILE).read_text(encoding="utf-8")
    (FONTS / "LICENSE-NotoSansSC.txt").write_text(
        f"{copyright_line}\n\n{licence}", encoding="utf-8"
    )
    sys.stdout.write(f"{FONTS}: {len(font.getBestCmap())} characters\n")


if __name__ == "__main__":
    main()
