#!/usr/bin/env bash
# Style, templates and the directions of imports.
set -euo pipefail
BIN=${BIN:-.venv/bin}
"$BIN/ruff" check .
"$BIN/ruff" format --check .
"$BIN/djlint" templates --lint --check
"$BIN/lint-imports"
