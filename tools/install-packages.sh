#!/bin/bash
# Install the Debian packages that are missing, and nothing else.
#   tools/install-packages.sh NAME...
# On another system it only names them: the tests that need one say so themselves.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
  echo "not a Debian system; the tests use these programs if they are there: $*" >&2
  exit 0
fi

missing=()
for name in "$@"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$name")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
