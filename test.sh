#!/bin/bash
# Builds Telar and runs its tests, from a fresh clone on Debian or Ubuntu, as root or not. See ./test.sh -h
set -u

usage() {
  cat <<'END'
usage: ./test.sh [-h] [NAME...]

Builds the solution in Release, then runs every test project below tests/ (Telar.Stress only by name), each under a time limit.
The last line is 'N passed, N failed, N skipped'; the exit code is 0 when nothing failed, 1 when something did, 2 for a wrong call.

  NAME   a test project to run instead of all, such as Telar.HouseRules (or HouseRules)
  -h     this text

Environment:
  TELAR_TEST_TIMEOUT=SECONDS   time limit of one test project (default 1800)
  TELAR_DUMPS=1                a test process that dies or hangs leaves a memory dump beside its log
  TELAR_ACCEPT_API=1           Telar.HouseRules rewrites src/Telar/PublicApi.txt

Logs and results are left in artifacts/test-results.
END
}

say() { printf '%s\n' "$*"; }
die() { printf 'test.sh: %s\n' "$*" >&2; exit "${code:-1}"; }

# ---- What the machine must have -------------------------------------------------------------------------------------------------

# A user without a home (a service account, a container's number) gets one here: dotnet and NuGet keep their files below it.
ensure_home() {
  if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
    say "HOME ('${HOME:-}') is not a folder that $(id -un 2>/dev/null || id -u) can write to: using artifacts/home instead."
    mkdir -p "$root/artifacts/home" || die "cannot create $root/artifacts/home"
    export HOME="$root/artifacts/home"
    unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME
  fi
  if [ -n "${DOTNET_CLI_HOME:-}" ] && [ ! -w "$DOTNET_CLI_HOME" ]; then
    unset DOTNET_CLI_HOME
  fi
  if [ -n "${TMPDIR:-}" ] && { [ ! -d "$TMPDIR" ] || [ ! -w "$TMPDIR" ]; }; then
    unset TMPDIR
  fi
}

# Sets $why_not when it cannot.
apt_install() {
  if ! command -v apt-get >/dev/null; then
    why_not="there is no apt-get on this system"
  elif [ "$(id -u)" != 0 ]; then
    why_not="only root may install packages (as root: apt-get install $*)"
  else
    say "Installing $* ..."
    export DEBIAN_FRONTEND=noninteractive
    if [ -z "${apt_updated:-}" ]; then
      timeout 300 apt-get update -qq </dev/null >"$results/apt.log" 2>&1
      apt_updated=1
    fi
    if timeout 600 apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" </dev/null >>"$results/apt.log" 2>&1; then
      return 0
    fi
    why_not="'apt-get install $*' failed: $(grep -a '^E:' "$results/apt.log" | tail -n 1)"
  fi
  return 1
}

# In the repository, so that global.json is asked too.
has_sdk() { (cd "$root" && "$1" --version) >/dev/null 2>&1; }

find_sdk() {
  local folder
  if command -v dotnet >/dev/null && has_sdk dotnet; then
    return 0
  fi
  for folder in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet /opt/dotnet; do
    if [ -n "$folder" ] && [ -x "$folder/dotnet" ] && has_sdk "$folder/dotnet"; then
      # The test programs look for the runtime by themselves: tell them where it is.
      export PATH="$folder:$PATH" DOTNET_ROOT="$folder"
      return 0
    fi
  done
  return 1
}

ensure_sdk() {
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  export DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true
  if find_sdk || { apt_install dotnet-sdk-10.0 && find_sdk; }; then
    say "SDK $(cd "$root" && dotnet --version) ($(command -v dotnet))"
    return
  fi
  die "Telar needs the .NET SDK $(sed -n 's/.*"version": "\(.*\)".*/\1/p' global.json) or a later one of the same minor version \
(see global.json), and none was found.
  Installed: $(dotnet --list-sdks 2>/dev/null | tr '\n' ';' | sed 's/;$//; s/^$/nothing/')
  Not installed now, because $why_not.
  Install the package dotnet-sdk-10.0, or put the folder of another installation on PATH, and run ./test.sh again."
}

has_suite() {
  local found
  found=$(tests/Telar.CPython/run.sh --find-python) || return 1
  export TELAR_PYTHON=$found
  say "Python $("$found" -c 'import platform; print(platform.python_version())') with its test suite ($found)"
}

# CPython's own test files are a package apart on Debian. TELAR_PYTHON is the interpreter that has them.
ensure_python() {
  local version
  if has_suite; then
    return
  fi
  if [ -x /usr/bin/python3 ] || apt_install python3; then
    version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    apt_install "libpython$version-testsuite" && has_suite && return
  fi
  say "CPython's own tests will be skipped${why_not:+, because $why_not}."
}

# ---- Test projects --------------------------------------------------------------------------------------------------------------

# Names of the projects below tests/ that are made of tests, or bring a script that runs some.
list_projects() {
  local file
  for file in tests/*/*.csproj; do
    if grep -q 'Test\.props' "$file" || [ -x "${file%/*}/run.sh" ]; then
      basename "$file" .csproj
    fi
  done
}

choose_projects() {
  local all name known
  mapfile -t all < <(list_projects)
  projects=()
  for name in "$@"; do
    known=
    for candidate in "${all[@]}"; do
      if [ "$candidate" = "$name" ] || [ "$candidate" = "Telar.$name" ]; then
        known=$candidate
      fi
    done
    [ -n "$known" ] || code=2 die "there is no test project '$name'. There are: ${all[*]}"
    projects+=("$known")
  done
  if [ $# = 0 ]; then
    for name in "${all[@]}"; do
      [ "$name" = Telar.Stress ] || projects+=("$name")
    done
  fi
}

# ---- Processes of a run ---------------------------------------------------------------------------------------------------------

# A test process and all that it starts carry TELAR_TEST_RUN, so that no child is lost by leaving the process group.
processes_of_run() {
  grep -lzxF "TELAR_TEST_RUN=$run_id" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/||; s|/environ$||'
}

describe_processes() {
  local process task
  for process in $(processes_of_run); do
    say "  process $process: $(tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null | cut -c 1-200)"
    if [ "${1:-}" = threads ]; then
      for task in /proc/"$process"/task/*; do
        say "    $(basename "$task") $(cat "$task/comm" 2>/dev/null): $(sed -n 's/^State:\t//p' "$task/status" 2>/dev/null)" \
          "in $(cat "$task/wchan" 2>/dev/null)"
      done
    fi
  done
}

kill_run() {
  local round process
  for round in 1 2 3 4 5; do
    for process in $(processes_of_run); do
      kill -KILL "$process" 2>/dev/null
    done
    [ -z "$(processes_of_run)" ] && return
    sleep "0.$round"
  done
}

wait_until_gone() {
  local tries=$(($1 * 5))
  while [ -n "$(processes_of_run)" ] && [ "$tries" -gt 0 ]; do
    sleep 0.2
    tries=$((tries - 1))
  done
}

# Runs beside a test process. At the limit it first looks (the threads), then asks (SIGINT: the runner stops, and reports the tests
# that ended), then aborts (a dump, if wanted), then kills.
watch() {
  local process=$1 sleeper
  sleep "$limit" >/dev/null 2>&1 &
  sleeper=$!
  trap 'kill $sleeper 2>/dev/null; exit 0' TERM
  wait "$sleeper"
  trap - TERM
  : >"$results/$name.timeout"
  {
    say "  TIMED OUT after $limit s. Its processes and threads:"
    describe_processes threads
  } >"$results/$name.threads"
  kill -INT "$process" 2>/dev/null
  wait_until_gone 10
  kill -ABRT "$process" 2>/dev/null
  wait_until_gone 5
  kill_run
}

run_project() {
  local program=artifacts/bin/$name/release/$name xml=$results/$name.xml log=$results/$name.log status problems="" started=$SECONDS
  local passed_here=0 failed_here=0 skipped_here=0 errors_here=0 total_here=0 tag
  rm -f "$results/$name".*
  say ""
  say "== $name"
  if [ -z "$(find "tests/$name" -name '*.cs' -not -path '*/obj/*' -print -quit)" ]; then
    say "  no tests yet"
    return
  fi
  if [ ! -x "$program" ]; then
    say "  FAILED: the build made no $program. Is tests/$name in Telar.slnx?"
    failed=$((failed + 1))
    return
  fi

  run_watched "$root/$program" -noLogo -noColor -noAutoReporters -longRunning "$slow" -xml "$xml"

  # What a reader needs: failures, skips and warnings. The lines around them are in the log.
  grep -avE '^  (Discovering|Discovered|Starting|Finished): |^=== TEST EXECUTION SUMMARY|^   '"$name"'  Total: ' "$log" |
    cut -c 1-400 | sed 's/^/  /' >"$results/$name.shown"
  head -n 400 "$results/$name.shown"
  [ "$(wc -l <"$results/$name.shown")" -le 400 ] || say "  ... the rest is in $log"
  if [ -f "$xml" ]; then
    tag=$(grep -ao '<assembly [^>]*>' "$xml" | head -n 1)
    passed_here=$(number passed "$tag")
    failed_here=$(number failed "$tag")
    skipped_here=$(number skipped "$tag")
    errors_here=$(number errors "$tag")
    total_here=$(number total "$tag")
  fi

  if [ -e "$results/$name.timeout" ]; then
    cat "$results/$name.threads"
    problems="timed out after $limit s"
  elif [ "$status" -gt 128 ]; then
    problems="was killed by SIG$(kill -l $((status - 128)) 2>/dev/null || echo "?$status")"
  elif [ ! -f "$xml" ]; then
    problems="ended with exit code $status and reported nothing"
  elif [ "$total_here" = 0 ]; then
    problems="has sources, but ran no test"
  elif [ "$status" != 0 ] && [ $((failed_here + errors_here)) = 0 ]; then
    problems="ended with exit code $status although no test failed"
  fi
  failed_here=$((failed_here + errors_here))
  conclude
}

# A project that is no test program but brings a script: its last line says how many passed, failed and were skipped.
run_script() {
  local log=$results/$name.log status problems="" started=$SECONDS
  local passed_here=0 failed_here=0 skipped_here=0 total_here last
  rm -f "$results/$name".*
  say ""
  say "== $name"
  run_watched "$root/tests/$name/run.sh" --no-build
  sed '$d' "$log" | cut -c 1-400 | sed 's/^/  /' | head -n 400
  last=$(tail -n 1 "$log")
  if [ -e "$results/$name.timeout" ]; then
    cat "$results/$name.threads"
    problems="timed out after $limit s"
  elif [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    passed_here=${BASH_REMATCH[1]} failed_here=${BASH_REMATCH[2]} skipped_here=${BASH_REMATCH[3]}
  else
    problems="ended with exit code $status and reported nothing"
  fi
  total_here=$((passed_here + failed_here + skipped_here))
  conclude
}

# Runs a command under the time limit, with its output in $log; its exit code is left in $status.
run_watched() {
  local process watcher
  run_id="$$.$RANDOM.$name"
  # A session of its own, so that nothing in it reaches the terminal; default signals, since a shell in the background ignores some.
  TELAR_TEST_RUN=$run_id setsid "${default_signals[@]}" "$@" </dev/null >"$log" 2>&1 &
  process=$!
  watch "$process" </dev/null >/dev/null 2>&1 &
  watcher=$!
  wait "$process" 2>/dev/null
  status=$?
  kill -TERM "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null
}

# Ends what the project left behind, adds its numbers to the totals, and says how it went.
conclude() {
  # What a test started and did not end would disturb the next one. Workers see the end of their parent within two seconds.
  wait_until_gone 5
  if [ -n "$(processes_of_run)" ]; then
    say "  left behind, ended now:"
    describe_processes
    kill_run
    problems="${problems:+$problems, and }left processes behind"
  fi

  [ -z "$problems" ] || failed_here=$((failed_here + 1))
  passed=$((passed + passed_here))
  failed=$((failed + failed_here))
  skipped=$((skipped + skipped_here))
  say "  $([ "$failed_here" = 0 ] && echo ok || echo FAILED): $total_here tests, $skipped_here skipped, $failed_here failed," \
    "$((SECONDS - started)) s${problems:+. $name $problems (log: $log)}"
}

# The number in an attribute of an XML tag.
number() {
  local value
  value=$(printf '%s' "$2" | sed -n "s/.* $1=\"\([0-9][0-9]*\)\".*/\1/p")
  echo "${value:-0}"
}

interrupted() {
  trap '' INT TERM
  say "interrupted"
  exec 2>/dev/null # the shell would report each process that is ended here
  [ -z "${run_id:-}" ] || kill_run
  for job in $(jobs -p); do
    kill "$job" 2>/dev/null
  done
  exit 130
}

# ---- Main -----------------------------------------------------------------------------------------------------------------------

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P) || exit 1
cd -- "$root" || exit 1
names=()
for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; code=2 die "unknown option '$argument'" ;;
    *) names+=("$argument") ;;
  esac
done
limit=${TELAR_TEST_TIMEOUT:-1800}
case $limit in
  '' | *[!0-9]*) code=2 die "TELAR_TEST_TIMEOUT is '$limit', but must be a number of seconds" ;;
esac
# A test that runs this long is named in the log: after a time-out it is the one to look at.
slow=$((limit < 180 ? (limit + 2) / 3 : 60))
choose_projects ${names[@]+"${names[@]}"}

results=$root/artifacts/test-results
mkdir -p "$results" 2>/dev/null
[ -w "$results" ] ||
  die "$(id -un 2>/dev/null || id -u) cannot write to $root/artifacts. Clone the repository as the user that runs the tests."
why_not=
passed=0 failed=0 skipped=0
default_signals=(env)
if env --default-signal true 2>/dev/null; then
  default_signals=(env --default-signal)
fi
ulimit -c 0
if [ "${TELAR_DUMPS:-}" = 1 ]; then
  export DOTNET_DbgEnableMiniDump=1 DOTNET_DbgMiniDumpType=2 "DOTNET_DbgMiniDumpName=$results/%e.%p.dmp"
fi

ensure_home
ensure_sdk
case " ${names[*]-} " in
  '  ' | *CPython*) ensure_python ;;
esac

say "Building Telar.slnx in Release ..."
trap interrupted INT TERM
# No server stays behind: it would hold this script's output open, and memory.
if ! dotnet build Telar.slnx -c Release -v quiet --nologo -clp:NoSummary --disable-build-servers </dev/null; then
  say "The build failed: no test was run."
  say "0 passed, 1 failed, 0 skipped"
  exit 1
fi
for name in "${projects[@]}"; do
  if [ -x "tests/$name/run.sh" ]; then
    run_script
  else
    run_project
  fi
done

say ""
say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
