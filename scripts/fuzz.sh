#!/usr/bin/env bash
# Runs every fuzz target for a while: scripts/fuzz.sh [TIME], 10s if nothing is said. go test takes one target at a time.
set -euo pipefail
cd "$(dirname "$0")/.."

time=${1:-10s}
count=0
while IFS=: read -r file target; do
  echo "== $target in $(dirname "$file"), $time"
  go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time"
  count=$((count + 1))
done < <(git ls-files '*_test.go' | xargs grep -o '^func Fuzz[A-Za-z0-9_]*' | sed 's/func //')
((count)) || { echo "no fuzz target was found" >&2; exit 1; }
