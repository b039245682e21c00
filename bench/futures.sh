#!/usr/bin/env bash
# Builds the benchmarks of futures and executors and runs them beside .NET's own tasks and CPython.
# usage: bench/futures.sh [--only WORD ...] [--scale F] [--python FILE] [--save FILE]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$here/../artifacts/bench/futures"
dotnet publish "$here/Telar.Benchmarks.Futures" -c Release -o "$out" --nologo -v quiet
exec "$out/Telar.Benchmarks.Futures" "$@"
