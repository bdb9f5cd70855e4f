#!/usr/bin/env bash
# Build the wheel, install it in an environment of its own, and run the demonstration outside the checkout.
# Argument: the python of an environment that holds the pinned dependencies and the build backend.
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

"$PYTHON" -m build --wheel --no-isolation --outdir "$WORK/dist" . > "$WORK/build.log" \
  || { cat "$WORK/build.log"; exit 1; }

# The new environment sees the pinned dependencies of the first one, but the package of the wheel.
"$PYTHON" -m venv "$WORK/venv"
"$WORK/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$WORK"/dist/*.whl
SITE=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
OWN=$("$WORK/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$SITE" > "$OWN/zz_dependencies.pth"

cd "$WORK"
"$WORK/venv/bin/python" - "$OWN" <<'PY'
import sys
import rjeval
if not rjeval.__file__.startswith(sys.argv[1]):
    raise SystemExit(f"the wheel is not what was imported: {rjeval.__file__}")
PY
"$WORK/venv/bin/rjeval" demo
for name in annual_report fact_sheet methods_appendix; do
  for form in html pdf docx; do test -s "$(find rjeval-demo/reports -name "$name.$form")"; done
done
echo "The wheel makes its report outside the checkout."
