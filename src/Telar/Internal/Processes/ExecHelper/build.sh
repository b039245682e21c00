#!/bin/sh
# Builds the exec helper: ./build.sh COMPILER OUTPUT. The tests build it again and compare the bytes, so the flags are part of
# it; the bytes are those of gcc 12.2 (x64: gcc, arm64: aarch64-linux-gnu-gcc) and binutils 2.40.
set -eu
exec "$1" -std=c11 -Os -Wall -Wextra -Werror -static -nostdlib -nostartfiles -ffreestanding -fno-pic -no-pie \
    -fno-builtin -fno-ident -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables -fomit-frame-pointer \
    -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,norelro -Wl,-z,noexecstack -Wl,-s \
    -o "$2" "$(dirname "$0")/exec-helper.c"
