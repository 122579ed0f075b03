#!/bin/bash
# Make the secrets that docker-compose.yml mounts, once; never overwrites one.
#   deploy/make-secrets.sh
# Keep a copy apart from the database's backups: without data_key the personal data
# in them cannot be read, without lookup_key it cannot be found. signing_key vouches for
# clearances: a new one ends those of the last day.
set -euo pipefail
folder=$(dirname "${BASH_SOURCE[0]}")/secrets
mkdir -p "$folder"
chmod 0700 "$folder"

# The service runs as another user than the one who makes these, and reads them
# through single-file mounts: the folder keeps everybody else on the host out.
keep() {
  if [ -e "$folder/$1" ]; then
    echo "kept: $1"
  else
    printf '%s\n' "$2" >"$folder/$1"
    chmod 0444 "$folder/$1"
    echo "made: $1"
  fi
}

for name in secret_key data_key lookup_key signing_key; do
  keep "$name" "$(head -c 32 /dev/urandom | base64 -w 0)"
done
keep database_password "$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')"
keep database_url \
  "postgresql+psycopg://registry:$(cat "$folder/database_password")@db:5432/registry"
