#!/bin/bash
# Install what a lock pins, then this package itself, into a virtual environment.
#   tools/install.sh VENV LOCK
# Every file is checked against its hash. pip would do the same in a minute and a half;
# so pip installs uv alone, from its pin in the full lock, and uv does the rest.
set -euo pipefail
python=$1/bin/python
uv=$1/bin/uv
lock=$2

if [ ! -x "$uv" ]; then
  "$python" -m pip install -qq --disable-pip-version-check --require-hashes \
    -r <(awk '/^[a-z]/ {wanted = /^uv==/} wanted' requirements.lock)
fi
"$uv" pip install --quiet --python "$python" --require-hashes -r "$lock"
"$uv" pip install --quiet --python "$python" --no-deps --no-build-isolation -e .
