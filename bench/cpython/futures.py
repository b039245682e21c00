"""CPython's side of the benchmarks of futures and executors.

Reads one request a line on standard input (`name count`), answers with nanoseconds an operation, one number a line, on standard
output. The harness asks in turn with its own measurements, so all sides see the same machine.
Run it by hand: `echo 'submit 10000' | python3 futures.py`.
"""
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from answers import answer

executor = ThreadPoolExecutor(os.cpu_count())


def one():
    return 1


def increment(item):
    return item + 1


def timed(function, count):
    begun = time.perf_counter_ns()
    function(count)
    return (time.perf_counter_ns() - begun) / count


def submit(count):
    futures = [executor.submit(one) for _ in range(count)]
    for future in futures:
        future.result()


def round_trip(count):
    for _ in range(count):
        executor.submit(one).result()


def blocking(count):
    """The whole time, with the default number of threads."""
    begun = time.perf_counter_ns()
    with ThreadPoolExecutor() as blocked:
        for _ in range(count):
            blocked.submit(time.sleep, 1)
    return time.perf_counter_ns() - begun


def take_ended(count):
    futures = [Future() for _ in range(count)]
    for future in futures:
        future.set_result(1)
    assert sum(future.result() for future in as_completed(futures)) == count


def take(count):
    futures = [Future() for _ in range(count)]

    def end():
        for future in futures:
            future.set_result(1)

    ending = threading.Thread(target=end)
    ended = as_completed(list(futures))
    ending.start()
    assert sum(future.result() for future in ended) == count
    ending.join()


def map_all(count):
    last = 0
    for last in executor.map(increment, range(count)):
        pass
    assert last == count


REQUESTS = {
    "submit": lambda count: timed(submit, count),
    "round_trip": lambda count: timed(round_trip, count),
    "blocking": blocking,
    "as_completed": lambda count: timed(take, count),
    "as_completed_ended": lambda count: timed(take_ended, count),
    "map": lambda count: timed(map_all, count),
}


if __name__ == "__main__":
    answer(REQUESTS)
