#!/bin/bash
# The tests for Windows as part of ./test.sh: they take minutes, so only when they are asked for. See tests/windows.sh -h
if [ "${TELAR_WINDOWS_TESTS:-}" != 1 ]; then
  echo "SKIPPED: the tests for Windows run under wine: tests/windows.sh, or TELAR_WINDOWS_TESTS=1 here."
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
fi
"$(dirname -- "${BASH_SOURCE[0]}")/../windows.sh"
status=$?
[ "$status" = 77 ] || exit "$status"
