#!/bin/bash
# Make the virtual environment; on a Debian without ensurepip, fetch it first.
#   tools/make-venv.sh PYTHON VENV
set -euo pipefail
python=$1
venv=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  { echo "Python 3.11 or newer is needed; say which: make PYTHON=/path/to/python" >&2; exit 1; }

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  "$(dirname "$0")/install-packages.sh" python3-venv
fi
"$python" -m venv "$venv"
