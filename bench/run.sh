#!/usr/bin/env bash
# Publishes the system benchmarks with precompiled code, as a package would ship it, and runs them beside CPython.
# usage: bench/run.sh [--only WORD ...] [--scale F] [--python FILE] [--frozen] [--save FILE]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$here/../artifacts/bench"
case "$(uname -m)" in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "bench/run.sh: no runtime identifier known for $(uname -m)" >&2; exit 2 ;;
esac
dotnet publish "$here/Telar.Benchmarks.System" -c Release -r "$rid" --self-contained false \
  -p:PublishReadyToRun=true -o "$out" --nologo -v quiet
# Libraries precompiled; the census itself not: its loops gain more from the compiler that knows this processor.
dotnet publish "$here/../samples/Census" -c Release -r "$rid" --self-contained false \
  -p:PublishReadyToRun=true -p:PrecompileOnlyLibraries=true -o "$out/census" --nologo -v quiet
exec "$out/Telar.Benchmarks.System" "$@"
