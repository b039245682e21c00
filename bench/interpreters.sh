#!/usr/bin/env bash
# Publishes the benchmarks of interpreters with precompiled code, as a package would ship it, and runs them beside pools of processes and threads.
# usage: bench/interpreters.sh [--only WORD ...] [--scale F] [--save FILE]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$here/../artifacts/bench/interpreters"
case "$(uname -m)" in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "bench/interpreters.sh: no runtime identifier known for $(uname -m)" >&2; exit 2 ;;
esac
dotnet publish "$here/Telar.Benchmarks.Interpreters" -c Release -r "$rid" --self-contained false \
  -p:PublishReadyToRun=true -o "$out" --nologo -v quiet
exec "$out/Telar.Benchmarks.Interpreters" "$@"
