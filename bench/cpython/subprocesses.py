"""CPython's side of the subprocess benchmarks.

Reads one request a line on standard input (`name argument`), answers with nanoseconds, one number a line, on standard output.
Run it by hand: `echo 'true 200' | python3 subprocesses.py`.
"""
import asyncio
import os
import subprocess
import time

from answers import answer

TINY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tiny")
EATER = ["sh", "-c", "exec cat >/dev/null"]


def zeros(count):
    return ["head", "-c", str(count), "/dev/zero"]


def median(function, count):
    times = []
    for _ in range(count):
        begun = time.perf_counter_ns()
        function()
        times.append(time.perf_counter_ns() - begun)
    return sorted(times)[count // 2]


def spawn(program):
    return lambda count: median(lambda: subprocess.run([program], check=True), count)


def spawn_async(count):
    async def run():
        times = []
        for _ in range(count):
            begun = time.perf_counter_ns()
            child = await asyncio.create_subprocess_exec(TINY)
            await child.wait()
            times.append(time.perf_counter_ns() - begun)
        return sorted(times)[count // 2]
    return asyncio.run(run())


def capture(size, **how):
    done = subprocess.run(zeros(size), check=True, **how)
    assert len(done.stdout) == size


def pipeline(mebibytes):
    first = subprocess.Popen(zeros(mebibytes << 20), stdout=subprocess.PIPE)
    second = subprocess.Popen(EATER, stdin=first.stdout)
    first.stdout.close()
    assert second.wait() == 0 and first.wait() == 0


def feed(mebibytes):
    data = bytes(mebibytes << 20)
    return median(lambda: subprocess.run(EATER, input=data, check=True), 1)


REQUESTS = {
    "tiny": spawn(TINY),
    "true": spawn("true"),
    "tiny_async": spawn_async,
    "capture": lambda count: median(lambda: capture(1024, capture_output=True), count),
    "bytes": lambda mib: median(lambda: capture(mib << 20, stdout=subprocess.PIPE), 1),
    "bytes_both": lambda mib: median(lambda: capture(mib << 20, capture_output=True), 1),
    "text": lambda mib: median(lambda: capture(mib << 20, stdout=subprocess.PIPE, text=True), 1),
    "pipeline": lambda mib: median(lambda: pipeline(mib), 1),
    "stdin": feed,
}


if __name__ == "__main__":
    answer(REQUESTS)
