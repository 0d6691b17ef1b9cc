#!/usr/bin/env bash
# Everything that has to hold. The last lines say what could not be tried on this machine.
set -euo pipefail
BIN=${BIN:-.venv/bin}

if ! command -v chromium-headless-shell > /dev/null; then
    echo "Installing Debian's chromium for the browser tests..."
    { [ "$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell > /dev/null; } || true
fi

production() { "$BIN/python" scripts/with_production_settings.py "$@"; }
# Types take their time beside the rest, and are told at the end: no core waits for them.
types=$(mktemp)
trap 'rm -f "$types"' EXIT
production -m mypy . > "$types" &
mypy=$!
bash scripts/lint.sh
production manage.py check --deploy --fail-level WARNING
production manage.py spectacular --validate --fail-on-warn --file /dev/null
passed=0
"$BIN/pytest" -n "${TEST_WORKERS:-3}" --dist worksteal "$@" || passed=$?
wait "$mypy" || passed=1
cat "$types"
[ "$passed" = 0 ] || exit "$passed"

if ! command -v chromium-headless-shell chromium > /dev/null; then
    echo "No chromium here: the browser tests were skipped."
fi
