"""CPython's side of the benchmarks of connections.

Reads one request a line on standard input (`name argument`), answers with one number a line on standard output: nanoseconds an
operation. Run it by hand: `echo 'echo64 2000' | python3 connections.py`.
"""
import multiprocessing
import threading
import time
from multiprocessing.connection import Client, Listener

from answers import answer


def send_back(connection):
    try:
        while True:
            connection.send_bytes(connection.recv_bytes())
    except EOFError:
        pass


def echo(size, cache={}):
    if not cache:
        cache["ours"], theirs = multiprocessing.Pipe()
        multiprocessing.get_context("fork").Process(target=send_back, args=(theirs,), daemon=True).start()
    message = bytes(size)

    def measure(count):
        begun = time.monotonic_ns()
        for _ in range(count):
            cache["ours"].send_bytes(message)
            cache["ours"].recv_bytes()
        return (time.monotonic_ns() - begun) / count

    return measure


def accept(listener, count):
    for _ in range(count):
        listener.accept().close()


def connect(count):
    key = bytes(range(32))
    with Listener(authkey=key) as listener:
        accepting = threading.Thread(target=accept, args=(listener, count))
        accepting.start()
        begun = time.monotonic_ns()
        for _ in range(count):
            Client(listener.address, authkey=key).close()
        accepting.join()
        return (time.monotonic_ns() - begun) / count


REQUESTS = {
    "echo64": lambda count: echo(64)(count),
    "echo64k": lambda count: echo(64 << 10)(count),
    "echo64m": lambda count: echo(64 << 20)(count),
    "connect": connect,
}


if __name__ == "__main__":
    answer(REQUESTS)
