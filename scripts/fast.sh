#!/usr/bin/env bash
# What a change is tried with while it is made: lint, cached types, and the tests that need neither
# a browser nor many seconds each, nor the rounds of killed and racing processes. APP names one folder of tests/.
set -euo pipefail
BIN=${BIN:-.venv/bin}
AT_MOST_ONCE=tests/payments/at_most_once

folder=tests${APP:+/$APP}
[ -d "$folder" ] || { echo "There is no folder $folder."; exit 2; }

types=$(mktemp)
trap 'rm -f "$types"' EXIT
"$BIN/python" scripts/with_production_settings.py -m mypy . > "$types" &
bash scripts/lint.sh
wait $! || { cat "$types"; exit 1; }
cat "$types"

left_out=()
[ "$folder" = "$AT_MOST_ONCE" ] || left_out=(--ignore "$AT_MOST_ONCE")
"$BIN/pytest" -q -n "${TEST_WORKERS:-3}" --dist worksteal -m "not browser and not slow" "${left_out[@]}" "$folder"
