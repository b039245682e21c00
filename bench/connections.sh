#!/usr/bin/env bash
# Builds the benchmarks of connections and runs them beside a pair of sockets, a named pipe of .NET and CPython.
# usage: bench/connections.sh [--only WORD ...] [--scale F] [--python FILE] [--save FILE]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$here/../artifacts/bench/connections"
dotnet publish "$here/Telar.Benchmarks.Connections" -c Release -o "$out" --nologo -v quiet
exec "$out/Telar.Benchmarks.Connections" "$@"
