#!/usr/bin/env bash
# Publishes the subprocess benchmarks with precompiled code, as a package would ship it, and runs them beside .NET's Process,
# MedallionShell, CliWrap, CPython, sh and C.
# usage: bench/subprocess.sh [--only WORD ...] [--scale F] [--python FILE] [--save FILE]
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
out="$here/../artifacts/bench/subprocess"
case "$(uname -m)" in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "bench/subprocess.sh: no runtime identifier known for $(uname -m)" >&2; exit 2 ;;
esac
dotnet publish "$here/Telar.Benchmarks.Subprocesses" -c Release -r "$rid" --self-contained false \
  -p:PublishReadyToRun=true -o "$out" --nologo -v quiet
exec "$out/Telar.Benchmarks.Subprocesses" "$@"
