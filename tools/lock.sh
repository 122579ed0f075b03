#!/bin/bash
# Pin every dependency with its hashes, for all systems at once.
#   tools/lock.sh UV [OPTION...]     for instance --upgrade
# setuptools is pinned too: it builds this package, and it must not be fetched unpinned.
set -euo pipefail
uv=$1
shift
build='setuptools>=77'
options=(--quiet --universal --python-version 3.11 --generate-hashes --no-header "$@")

uv_compile() { "$uv" pip compile "${options[@]}" pyproject.toml - "${@}"; }

uv_compile --all-extras -o requirements.lock <<<"$build"
# the run's pins are the tests' pins
uv_compile --extra postgres --extra oidc -c requirements.lock \
  -o requirements-run.lock <<<"$build"
