"""CPython's side of the micro benchmarks.

Reads one request a line on standard input (`name count`), answers with nanoseconds an operation, one number a line, on standard
output. The harness asks in turn with its own measurements, so all sides see the same machine.
Run it by hand: `echo 'lock_pair 100000' | python3 micro.py`.
"""
import contextvars
import multiprocessing
import queue
import sched
import threading
import time
from itertools import repeat
from multiprocessing import shared_memory

from answers import answer


def team(*parts):
    """Runs each part in a thread of its own; nanoseconds from their common beginning to the last end."""
    gate = threading.Barrier(len(parts) + 1)
    ends = []

    def run(part):
        gate.wait()
        part()
        ends.append(time.perf_counter_ns())

    threads = [threading.Thread(target=run, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    gate.wait()
    begun = time.perf_counter_ns()
    for thread in threads:
        thread.join()
    return max(ends) - begun


def timed(function, count):
    begun = time.perf_counter_ns()
    function(count)
    return time.perf_counter_ns() - begun


def pair(lock):
    acquire, release = lock.acquire, lock.release

    def run(count):
        for _ in repeat(None, count):
            acquire()
            release()
    return run


def lock_pair(count):
    return timed(pair(threading.Lock()), count) / count


def rlock_pair(count):
    return timed(pair(threading.RLock()), count) / count


def process_lock_pair(count):
    return timed(pair(multiprocessing.Lock()), count) / count


def lock_contended(count):
    run = pair(threading.Lock())
    return team(lambda: run(count // 2), lambda: run(count // 2)) / count


def pass_items(items, count, sides):
    """Each of `sides` threads puts its part, each of as many others gets as many."""
    part = count // sides

    def put():
        put = items.put
        for number in range(part):
            put(number)

    def get():
        get = items.get
        for _ in repeat(None, part):
            get()

    return team(*([put, get] * sides)) / (part * sides)


def put_get(items, count):
    put, get = items.put, items.get

    def run(count):
        for number in range(count):
            put(number)
            get()
    return timed(run, count) / count


def event_pingpong(count):
    ping, pong = threading.Event(), threading.Event()

    def first():
        for _ in repeat(None, count):
            ping.set()
            pong.wait()
            pong.clear()

    def second():
        for _ in repeat(None, count):
            ping.wait()
            ping.clear()
            pong.set()

    return team(first, second) / count


def condition_pingpong(count):
    condition = threading.Condition(threading.Lock())
    turn = 0

    def play(mine):
        nonlocal turn
        for _ in repeat(None, count):
            with condition:
                while turn != mine:
                    condition.wait()
                turn = 1 - mine
                condition.notify()

    return team(lambda: play(0), lambda: play(1)) / count


def barrier_pingpong(count):
    """Two meetings are as many wake-ups as there and back."""
    barrier = threading.Barrier(2)

    def play():
        wait = barrier.wait
        for _ in repeat(None, 2 * count):
            wait()

    return team(play, play) / count


def nothing():
    pass


def thread(count):
    def run(count):
        for _ in repeat(None, count):
            started = threading.Thread(target=nothing)
            started.start()
            started.join()
    return timed(run, count) / count


def scheduler(count, delay):
    """All events are due: their order and their calls are measured, not the waiting."""
    def run(count):
        events = sched.scheduler(time.monotonic, delay)
        seed = 1
        for _ in repeat(None, count):
            seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
            events.enterabs(seed / 0x7FFFFFFF - 1, seed & 7, nothing)
        events.run()
    return timed(run, count) / count


def context_get(count):
    variable = contextvars.ContextVar("variable")
    variable.set(1)

    def run(count):
        get = variable.get
        for _ in repeat(None, count):
            get()
    return timed(run, count) / count


def context_set(count):
    variable = contextvars.ContextVar("variable")

    def run(count):
        set = variable.set
        for number in range(count):
            set(number)
    return timed(run, count) / count


def context_run(count):
    context = contextvars.copy_context()

    def run(count):
        run = context.run
        for _ in repeat(None, count):
            run(nothing)
    return timed(run, count) / count


def shared_create(count):
    def run(count):
        for _ in repeat(None, count):
            block = shared_memory.SharedMemory(create=True, size=4096)
            block.close()
            block.unlink()
    return timed(run, count) / count


def shared_open(count):
    made = shared_memory.SharedMemory(create=True, size=4096)

    def run(count):
        for _ in repeat(None, count):
            shared_memory.SharedMemory(made.name).close()
    try:
        return timed(run, count) / count
    finally:
        made.close()
        made.unlink()


def with_list(access, count):
    items = shared_memory.ShareableList([1, 2, 3])

    def run(count):
        for _ in repeat(None, count):
            access(items)
    try:
        return timed(run, count) / count
    finally:
        items.shm.close()
        items.shm.unlink()


REQUESTS = {
    "lock_pair": lock_pair,
    "rlock_pair": rlock_pair,
    "process_lock_pair": process_lock_pair,
    "lock_contended": lock_contended,
    "queue_1x1": lambda count: pass_items(queue.Queue(), count, 1),
    "queue_2x2": lambda count: pass_items(queue.Queue(), count, 2),
    "bounded_1x1": lambda count: pass_items(queue.Queue(100), count, 1),
    "bounded_2x2": lambda count: pass_items(queue.Queue(100), count, 2),
    "simple_1x1": lambda count: pass_items(queue.SimpleQueue(), count, 1),
    "simple_2x2": lambda count: pass_items(queue.SimpleQueue(), count, 2),
    "queue_put_get": lambda count: put_get(queue.Queue(), count),
    "simple_put_get": lambda count: put_get(queue.SimpleQueue(), count),
    "event": event_pingpong,
    "condition": condition_pingpong,
    "barrier": barrier_pingpong,
    "thread": thread,
    "scheduler": lambda count: scheduler(count, time.sleep),
    "scheduler_no_delay": lambda count: scheduler(count, lambda _: None),
    "context_get": context_get,
    "context_set": context_set,
    "context_run": context_run,
    "shared_create": shared_create,
    "shared_open": shared_open,
    "shareable_get": lambda count: with_list(lambda items: items[1], count),
    "shareable_set": lambda count: with_list(lambda items: items.__setitem__(1, 5), count),
}


if __name__ == "__main__":
    answer(REQUESTS)
