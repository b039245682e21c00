#!/bin/bash
# Runs CPython's own, unmodified test files on Telar's classes. See ./run.sh -h
set -u

usage() {
  cat <<'END'
usage: tests/Telar.CPython/run.sh [-h] [--no-build] [--limit SECONDS] [--only PATTERN] [--verbose] [MODULE ...]
       tests/Telar.CPython/run.sh --find-python    prints the interpreter that it would take

Builds the bridge, then runs the interpreter's own test modules (test_queue, test_sched, ...; all of run.py's list without a name) in
a CPython whose queue, sched, contextvars, threading, subprocess and concurrent.futures classes are Telar's. Lists every failed and
every skipped test, with the reason. The last line is 'N passed, N failed, N skipped'; the exit code is 1 when something failed.

Environment:
  TELAR_PYTHON   the interpreter (default: the newest CPython from 3.11 on that has its test package)
  DOTNET_ROOT    where .NET is (default: where `dotnet` on the PATH is)
END
}

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
root=$(cd -- "$here/../.." && pwd -P) || exit 1
build=1
find_only=
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --no-build) build= ;;
    --find-python) find_only=1 ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

# Prints the version when it can be the host.
version_of() {
  "$1" -c 'import sys; assert sys.version_info >= (3, 11) and sys.implementation.name == "cpython"
import ctypes, test.lock_tests, test.test_queue, test.test_threading; print("%03d%03d%03d" % sys.version_info[:3])' 2>/dev/null
}

find_python() {
  local candidate best=
  if [ -n "${TELAR_PYTHON:-}" ]; then
    version_of "$TELAR_PYTHON" >/dev/null && python=$TELAR_PYTHON
    return
  fi
  while read -r candidate; do
    version=$(version_of "$candidate") || continue
    if [ -z "$best" ] || [ "$version" -gt "$best" ]; then
      best=$version python=$candidate
    fi
  done < <({
    local IFS=:
    for folder in $PATH /usr/bin /usr/local/bin; do
      ls "$folder"/python3 "$folder"/python3.[0-9]* 2>/dev/null
    done
    ls "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin/python3 2>/dev/null
  } | grep -v -- '-config$' | awk '!seen[$0]++')
}

python=
find_python
if [ -n "$find_only" ]; then
  echo "$python"
  [ -n "$python" ]
  exit
fi
if [ -z "$python" ]; then
  echo "SKIPPED: CPython's own tests, because ${TELAR_PYTHON:-no python3 on the PATH} is not a CPython from 3.11 on with ctypes and the" \
    "package 'test' (Debian: libpython3-testsuite). Set TELAR_PYTHON to one."
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
fi

bridge=$root/artifacts/bin/Telar.CPython/release/Telar.CPython.dll
if [ -n "$build" ] && ! dotnet build "$here" -c Release -v quiet --nologo -clp:NoSummary --disable-build-servers </dev/null; then
  echo "The build failed: no test was run."
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
# Isolated from the user's own Python settings; -W as the interpreter's own runner does, which tests of warnings rely on.
unset PYTHONPATH PYTHONSTARTUP PYTHONHOME
TELAR_BRIDGE=$bridge exec "$python" -B "$here/run.py" ${arguments[@]+"${arguments[@]}"}
