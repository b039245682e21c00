#!/bin/bash
# Runs the tests for Windows under wine. See tests/windows.sh -h
set -u

usage() {
  cat <<'END'
usage: tests/windows.sh [-h] [--install] [CLASS ...]

Publishes tests/Telar.Windows as a self-contained program for win-x64 and runs it under wine, each test class in a process of its own
under a time limit. Prints what failed, the version of wine, and what stays unverified, because wine does not have it. The last line
is 'N passed, N failed, N skipped'; the exit code is 0 when nothing failed, 1 when something did, 77 when there is no wine.

  CLASS       only the classes whose name has this in it
  --install   install wine by apt-get if it is missing (as root; 650 MB)

Environment:
  TELAR_WINEPREFIX   the folder that is the disk of Windows; made if it is missing (700 MB). Default: telar/wine in the user's cache
  TELAR_WINE_LIMIT   seconds that a class may take (default 120)
END
}

say() { printf '%s\n' "$*"; }

# ---- wine -----------------------------------------------------------------------------------------------------------------------

ensure_wine() {
  if ! command -v wine >/dev/null && [ -n "$install" ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wine wine64 </dev/null >"$logs/apt.log" 2>&1 ||
      say "Installing wine failed: $(grep -a '^E:' "$logs/apt.log" | tail -n 1)"
  fi
  if ! command -v wine >/dev/null; then
    say "SKIPPED: the tests for Windows, because there is no wine. On Debian: apt-get install --no-install-recommends wine wine64, or" \
      "tests/windows.sh --install"
    say "0 passed, 0 failed, 1 skipped"
    exit 77
  fi
}

# Output goes to files only: what wine starts in the background holds it open, and a pipe would never end.
quietly() { "$@" </dev/null >>"$logs/wine.log" 2>&1; }

prepare_prefix() {
  export WINEPREFIX=${TELAR_WINEPREFIX:-${XDG_CACHE_HOME:-$HOME/.cache}/telar/wine} WINEARCH=win64 WINEDEBUG=-all
  if [ ! -f "$WINEPREFIX/telar.ready" ]; then
    say "Making $WINEPREFIX ..."
    mkdir -p "$(dirname -- "$WINEPREFIX")" &&
      # mscoree= keeps wine from offering a .NET of its own; set while tests run, it would keep .NET from starting at all.
      WINEDLLOVERRIDES="mscoree=;mshtml=;winemenubuilder.exe=" quietly timeout 300 wineboot -i &&
      quietly timeout 60 wine winecfg /v win10 &&
      : >"$WINEPREFIX/telar.ready"
  fi
  # Without winedbg= a crash of a child starts a debugger.
  export WINEDLLOVERRIDES="mshtml=;winemenubuilder.exe=;winedbg.exe="
  # .NET dies under wine ("Internal CLR error ... DestroyScout.Finalize") when it collects a dynamic method, and the test runner makes
  # some. With room for 1 GiB (hexadecimal) before the first collection there is none, if buffers do not count as large objects, of
  # which a few MiB bring a collection.
  export DOTNET_GCgen0size=40000000
  export DOTNET_GCLOHThreshold=10000000
  if [ ! -f "$WINEPREFIX/telar.ready" ] || ! quietly timeout 120 wine cmd /c exit 0; then
    say "FAILED: wine could not be set up in $WINEPREFIX; see $logs/wine.log"
    say "0 passed, 1 failed, 0 skipped"
    exit 1
  fi
}

publish() {
  # Apart from the artifacts of the ordinary build, whose restore knows no win-x64. That build runs the analyzers.
  if ! dotnet publish "$root/tests/Telar.Windows" -c Release -r win-x64 --self-contained -p:ArtifactsPath="$root/artifacts/windows" \
    -p:RunAnalyzers=false -p:UseTelarAnalyzers=false -v quiet --nologo -clp:NoSummary --disable-build-servers </dev/null; then
    say "FAILED: tests/Telar.Windows could not be published for win-x64."
    say "0 passed, 1 failed, 0 skipped"
    exit 1
  fi
}

# ---- Runs -----------------------------------------------------------------------------------------------------------------------

run_tests() {
  local log=$1
  shift
  timeout -k 5 "$limit" wine "$program" -noLogo -noColor "$@" </dev/null >"$log.raw" 2>&1
  status=$?
  tr -d '\r' <"$log.raw" >"$log"
  rm -f "$log.raw"
}

# The number after a word in the runner's last line.
number() {
  local value
  value=$(sed -n "s/.* Total: .*/&/p" "$1" | tail -n 1 | sed -n "s/.*$2: \([0-9]*\).*/\1/p")
  echo "${value:-0}"
}

run_class() {
  local class=$1 log=$logs/$1.log started=$SECONDS problem=""
  local total_here failed_here skipped_here
  run_tests "$log" -class "$class"
  total_here=$(number "$log" Total)
  failed_here=$(($(number "$log" Failed) + $(number "$log" Errors)))
  skipped_here=$(number "$log" Skipped)
  if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    problem="did not end within $limit s"
  elif [ "$total_here" = 0 ]; then
    problem="ended with $status and ran no test"
  elif [ "$status" != 0 ] && [ "$failed_here" = 0 ]; then
    problem="ended with $status although no test failed"
  fi
  if [ -n "$problem" ] || [ "$failed_here" != 0 ]; then
    grep -avE '^  (Discover|Start|Finish)|^===|  Total: ' "$log" | sed 's/^/  /' | head -n 200
  fi
  ran=$((ran + 1))
  if [ -n "$problem" ]; then
    # What it did not report is one failure.
    failed_here=$((failed_here + 1)) total_here=$((total_here + 1))
    say "  FAILED: $class $problem."
    find_culprit "$class"
  fi
  passed=$((passed + total_here - failed_here - skipped_here))
  failed=$((failed + failed_here))
  skipped=$((skipped + skipped_here))
  say "  $([ "$failed_here" = 0 ] && echo ok || echo FAILED): $class, $total_here tests, $((SECONDS - started)) s"
}

# Under wine the runner may hang after a failure, and then it tells nothing: each test by itself does.
find_culprit() {
  local method
  while read -r method; do
    run_tests "$logs/alone.log" -method "$method"
    [ "$status" = 0 ] || say "  FAILED alone, with $status: $method"
  done < <(grep -aF "$1." "$logs/methods")
}

unverified() {
  cat <<'END'
Passes under wine, which is not Windows. Not verified at all:
  - Ctrl-C and Ctrl-Break to a child (SIGINT, SIGQUIT), consoles of their own, windows that are really shown
  - that a pipe's name cannot be taken by another (FILE_FLAG_FIRST_PIPE_INSTANCE), and every other refusal by permission
  - priority at the creation (it is set again before the child runs, and that is tested), realtime priority
  - what Windows itself says to a command line that is too long (the library refuses it first)
  - what cmd makes of metacharacters: wine has a cmd of its own (the library refuses them in the arguments of batch files)
  - jobs around this process that forbid jobs in them; breaking away from a job
  - speed, 32-bit and ARM64 Windows, virus scanners, services and sessions
END
}

finish() {
  trap '' EXIT INT TERM
  quietly wineserver -k
  quietly timeout 20 wineserver -w
  exit "${1:-130}"
}

# ---- Main -----------------------------------------------------------------------------------------------------------------------

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 1
install=
wanted=()
for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
    --install) install=1 ;;
    -*) usage >&2; exit 2 ;;
    *) wanted+=("$argument") ;;
  esac
done
limit=${TELAR_WINE_LIMIT:-120}
logs=$root/artifacts/test-results/windows
mkdir -p "$logs" || exit 1
rm -f "$logs"/*.log
passed=0 failed=0 skipped=0 status=0 ran=0

ensure_wine
publish
program=$root/artifacts/windows/publish/Telar.Windows/release_win-x64/Telar.Windows.exe
trap 'finish 130' EXIT INT TERM
prepare_prefix
run_tests "$logs/methods" -list methods
mapfile -t classes < <(sed -n 's/^\(Telar\.Windows\..*\)\.[^.]*$/\1/p' "$logs/methods" | sort -u)
for class in "${classes[@]}"; do
  for word in "${wanted[@]-}"; do
    if [[ $class == *"$word"* ]]; then
      run_class "$class"
      break
    fi
  done
done
if [ "$ran" = 0 ]; then
  say "  FAILED: no test was run. The program has: ${classes[*]:-none; see $logs/methods}"
  failed=1
fi
say "$(wine --version 2>/dev/null), $(sed -n 's/^VERSION=//p' /etc/os-release | tr -d '"')"
unverified
say "$passed passed, $failed failed, $skipped skipped"
finish $((failed > 0))
