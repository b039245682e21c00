"""CPython's side of the system benchmarks.

Reads one request a line on standard input (`name argument`), answers with one number a line on standard output.
Times are nanoseconds, rates are calls per second. The harness asks in turn with its own measurements, so both sides see the
same machine. Run it by hand: `echo 'roundtrip 200' | python3 rival.py`.
"""
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor

from answers import answer

WORKERS = 2


def nothing(value=None):
    return value


def stamp(connection):
    connection.send(time.monotonic_ns())


def start(method):
    """From the start of a process to the first instruction of the user's function in it."""
    context = multiprocessing.get_context(method)
    ours, theirs = context.Pipe()
    begun = time.monotonic_ns()
    process = context.Process(target=stamp, args=(theirs,))
    process.start()
    reached = ours.recv()
    process.join()
    return reached - begun


def executor_of(cache={}):
    if "executor" not in cache:
        cache["executor"] = ProcessPoolExecutor(WORKERS)
        list(cache["executor"].map(nothing, range(100)))
    return cache["executor"]


def pool_of(cache={}):
    if "pool" not in cache:
        cache["pool"] = multiprocessing.Pool(WORKERS)
        cache["pool"].map(nothing, range(100))
    return cache["pool"]


def roundtrip(count):
    executor = executor_of()
    begun = time.monotonic_ns()
    for _ in range(count):
        executor.submit(nothing, 1).result()
    return (time.monotonic_ns() - begun) / count


def submit(count, window=1000):
    """Empty calls a second with at most `window` of them under way."""
    executor = executor_of()
    begun = time.monotonic_ns()
    pending = []
    for index in range(count):
        pending.append(executor.submit(nothing, index))
        if len(pending) == window:
            for future in pending:
                future.result()
            pending.clear()
    for future in pending:
        future.result()
    return count / (time.monotonic_ns() - begun) * 1e9


def pool_map(count):
    pool = pool_of()
    begun = time.monotonic_ns()
    pool.map(nothing, range(count))
    return (time.monotonic_ns() - begun) / count


def echo(mebibytes):
    """An array there and back."""
    executor = executor_of()
    data = bytes(mebibytes << 20)
    begun = time.monotonic_ns()
    back = executor.submit(nothing, data).result()
    taken = time.monotonic_ns() - begun
    assert len(back) == len(data)
    return taken


REQUESTS = {
    "spawn": lambda _: start("spawn"),
    "forkserver": lambda _: start("forkserver"),
    "roundtrip": roundtrip,
    "submit": submit,
    "map": pool_map,
    "echo": echo,
}


if __name__ == "__main__":
    answer(REQUESTS)
