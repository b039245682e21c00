#!/usr/bin/env bash
# Builds the micro benchmarks and runs them beside .NET's own classes, CPython and C.
# usage: bench/micro.sh [--only WORD ...] [--scale F] [--python FILE] [--save FILE]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$here/../artifacts/bench/micro"
dotnet publish "$here/Telar.Benchmarks" -c Release -o "$out" --nologo -v quiet
exec "$out/Telar.Benchmarks" "$@"
