#!/bin/bash
# The tests for Windows as part of ./test.sh: under wine where there is one, otherwise skipped, and said so. See tests/windows.sh -h
"$(dirname -- "${BASH_SOURCE[0]}")/../windows.sh"
status=$?
[ "$status" = 77 ] || exit "$status"
