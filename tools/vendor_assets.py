# noqa: INP001 - a script of its own, not part of a package
"""Fetch the pages' third-party files by their npm lock file.

    python tools/vendor_assets.py

Copies the files named here from the packages locked in ``web_assets`` to
``battery_registry/web/static/vendor``, beside a ``vendor.json`` that names
version, licence and hashes, and a licence text each. The result is committed,
so installing the package needs no Node; running this again writes the same
bytes.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCKED = Path(__file__).parent / "web_assets"
VENDOR = Path(__file__).parents[1] / "battery_registry" / "web" / "static" / "vendor"

# Package, its file, and the name it is served by.
FILES = (("@picocss/pico", "css/pico.min.css", "pico.min.css"),)
LICENCES = (("@picocss/pico", "LICENSE.md", "LICENSE-pico.txt"),)


def describe(package: str, source: str, served_as: str) -> dict[str, Any]:
    """Describe a copied file: where it comes from, and that it is unchanged."""
    manifest = json.loads((_folder(package) / "package.json").read_text("utf-8"))
    content = (VENDOR / served_as).read_bytes()
    sri = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {
        "file": served_as,
        "package": package,
        "version": manifest["version"],
        "source": source,
        "licence": manifest["license"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "integrity": f"sha384-{sri}",
    }


def _folder(package: str) -> Path:
    return LOCKED / "node_modules" / package


def main() -> None:
    """Install what is locked and copy what is named."""
    # The command is a constant; npm is found on the PATH as developers have it.
    subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],  # noqa: S607 - ditto
        cwd=LOCKED,
        check=True,
        capture_output=True,
    )
    VENDOR.mkdir(parents=True, exist_ok=True)
    for package, source, served_as in (*FILES, *LICENCES):
        shutil.copyfile(_folder(package) / source, VENDOR / served_as)
    told = [describe(*file) for file in FILES]
    (VENDOR / "vendor.json").write_text(
        json.dumps(told, indent=2) + "\n", encoding="utf-8"
    )
    sys.stdout.write(f"{VENDOR}: {', '.join(name for _, _, name in FILES)}\n")


if __name__ == "__main__":
    main()
