"""CPython's side of docs/guarantees.md.

    python3 samples/Guarantees/cpython.py G1 G7        two of them
    python3 samples/Guarantees/cpython.py all          all of them

Each case runs in a process of its own under a hard time limit: a hang is reported as one, and whatever the case started is killed
afterwards. Only the standard library is used. Linux.
"""

import os
import signal
import subprocess
import sys
import time
import uuid

LIMIT = 10  # seconds
MARK = "TELAR_GUARANTEE"


# ---- What the cases run in their workers ------------------------------------------------------------------------------------------

def identity(x):
    return x


def square(x):
    return x * x


def process(_):
    return os.getpid()


def die(_=None):
    os.kill(os.getpid(), signal.SIGKILL)


def nap(seconds):
    time.sleep(seconds)
    return seconds


def spin(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return seconds


class OddError(Exception):
    def __init__(self, code, side):
        super().__init__(f"{code} on the {side}")


def odd(_=None):
    raise OddError(3, "left")


def failing_initializer(file):
    with open(file, "a") as log:
        log.write("x")
    raise FileNotFoundError("no model file")


def put_and_end(queue):
    queue.put(b"x" * 1_000_000)


def attach_and_end(name):
    from multiprocessing import shared_memory
    shared_memory.SharedMemory(name).close()


def hold_and_die(lock):
    lock.acquire()
    die()


def count_of_errors(calls):
    results = {}
    for call in calls:
        try:
            call.result()
            name = "finished"
        except BaseException as e:
            name = type(e).__name__
        results[name] = results.get(name, 0) + 1
    return ", ".join(f"{count} {name}" for name, count in sorted(results.items()))


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# ---- The cases: each prints what it sees, line by line; the last line counts -------------------------------------------------------

def g1_executor():
    """ProcessPoolExecutor, a worker killed"""
    from concurrent.futures import ProcessPoolExecutor
    pool = ProcessPoolExecutor(2)
    calls = [pool.submit(nap, 0.02) for _ in range(10)] + [pool.submit(die)] + [pool.submit(nap, 0.02) for _ in range(10)]
    print("calls:", count_of_errors(calls), end="; ")
    try:
        pool.submit(identity, 1)
        print("the pool goes on")
    except Exception as e:
        print("then submit:", type(e).__name__)


def g1_pool():
    """multiprocessing.Pool, a worker killed"""
    import multiprocessing
    with multiprocessing.Pool(2) as pool:
        pool.map(identity, range(10))
        print("the other calls finished; then the killed one's result is waited for", flush=True)
        pool.apply(die)
        print("the killed call ended")


def g2():
    """max_tasks_per_child=2, 10 calls"""
    from concurrent.futures import ProcessPoolExecutor
    import multiprocessing
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=2)
    done = 0
    for call in [pool.submit(identity, i) for i in range(10)]:
        call.result()
        done += 1
        print(f"{done} of 10 calls finished", flush=True)


def g3_executor():
    """ProcessPoolExecutor, an exception with two constructor arguments"""
    from concurrent.futures import ProcessPoolExecutor
    pool = ProcessPoolExecutor(1)
    calls = [pool.submit(odd)] + [pool.submit(identity, i) for i in range(4)]
    print("the odd one and 4 innocent calls:", count_of_errors(calls))


def g3_pool():
    """multiprocessing.Pool, an exception with two constructor arguments"""
    import multiprocessing
    with multiprocessing.Pool(1) as pool:
        print("its result is waited for", flush=True)
        try:
            pool.apply(odd)
        except OddError:
            print("arrived as itself")


def g4():
    """join of a process whose big item is still in a queue"""
    import multiprocessing
    queue = multiprocessing.Queue()
    child = multiprocessing.Process(target=put_and_end, args=(queue,))
    child.start()
    print("join is waited for", flush=True)
    child.join()
    print("join returned")


def g5():
    """shared memory, attached by a second process that ends"""
    from multiprocessing import shared_memory
    owner = shared_memory.SharedMemory(create=True, size=4096)
    name = owner.name
    # A program of its own, and so with a resource tracker of its own.
    code = f"import sys; sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r}); import cpython; cpython.attach_and_end({name!r})"
    subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    for _ in range(30):
        if not os.path.exists("/dev/shm/" + name):
            break
        time.sleep(0.1)
    there = os.path.exists("/dev/shm/" + name)
    print("the segment is still there" if there else "the segment was destroyed while its owner uses it")
    sys.stdout.flush()
    os._exit(0)


def g6():
    """map over 200,000 lazy items, one result taken"""
    from concurrent.futures import ProcessPoolExecutor
    consumed = 0

    def items():
        nonlocal consumed
        for i in range(200_000):
            consumed += 1
            if consumed % 20_000 == 0:
                print(f"{consumed:,} of 200,000 items consumed, and map() has not returned", flush=True)
            yield i

    pool = ProcessPoolExecutor(2)
    next(pool.map(identity, items()))
    print(f"{consumed:,} of 200,000 items consumed before map() returned")
    sys.stdout.flush()
    for worker in list(pool._processes.values()):
        worker.kill()
    os._exit(0)


def g7():
    """the program killed while its workers are busy"""
    code = (f"import sys; sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r}); import cpython; cpython.hold()")
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    workers = [int(pid) for pid in program.stdout.readline().split()]
    program.kill()
    program.wait()
    time.sleep(2)
    left = [pid for pid in workers if alive(pid)]
    print(f"{len(left)} of {len(workers)} busy workers still alive after 2 s")
    for pid in left:
        os.kill(pid, signal.SIGKILL)


def hold():
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2) as pool:
        pids = set()
        while len(pids) < 2:
            pids.update(pool.map(process, range(10)))
        calls = [pool.submit(nap, 60) for _ in range(100)]
        print(*pids, flush=True)
        calls[0].result()


def g8():
    """multiprocessing.Pool, an initializer that always fails"""
    import multiprocessing
    import tempfile
    with tempfile.NamedTemporaryFile() as log:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        pool = multiprocessing.Pool(2, failing_initializer, (log.name,))
        call = pool.apply_async(identity, (1,))
        call.wait(5)
        print(f"{'an answer' if call.ready() else 'no error'} after 5 s; processes started: {os.path.getsize(log.name)}")
        sys.stdout.flush()
        pool.terminate()


def g9():
    """Queue.empty() right after put() by the same process"""
    import multiprocessing
    queue = multiprocessing.Queue()
    wrong = 0
    for _ in range(200):
        queue.put(1)
        wrong += queue.empty()
        queue.get()
    print(f"wrong {wrong} times of 200")


def g10():
    """a process killed while it holds a lock"""
    import multiprocessing
    lock = multiprocessing.Lock()
    child = multiprocessing.Process(target=hold_and_die, args=(lock,))
    child.start()
    child.join()
    print("the lock is waited for", flush=True)
    lock.acquire()
    print("the lock was taken")


def g11():
    """a running call is cancelled"""
    from concurrent.futures import ProcessPoolExecutor
    pool = ProcessPoolExecutor(1)
    call = pool.submit(spin, 5)
    while not call.running():
        time.sleep(0.01)
    answer = call.cancel()
    time.sleep(1)
    print(f"cancel() answered {answer}; 1 s later it {'has ended' if call.done() else 'runs on'}; there is no other way to stop it")
    sys.stdout.flush()
    for worker in list(pool._processes.values()):
        worker.kill()


def g17():
    """an item that cannot be pickled, put into a queue"""
    import multiprocessing
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    queue = multiprocessing.Queue()
    try:
        queue.put(lambda: 1)
        said = "put() returned"
    except Exception as e:
        said = f"put(): {type(e).__name__}"
    try:
        queue.get(timeout=2)
        print(said + "; the item arrived")
    except Exception as e:
        print(f"{said}; get(timeout=2): {type(e).__name__}, the item was dropped (a traceback on stderr)")


def g18():
    """Ctrl-C in a terminal while workers run the first of 100 calls"""
    import pty
    code = (f"import sys; sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r}); import cpython; cpython.hold()")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", code])
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(terminal, 1000)
    workers = [int(word) for word in line.split()]
    presses, start, ended = 0, time.monotonic(), None
    os.set_blocking(terminal, False)
    while ended is None and time.monotonic() - start < 7:
        if presses < 3 and time.monotonic() - start > presses * 1.5:
            os.write(terminal, b"\x03")
            presses += 1
        try:
            os.read(terminal, 100_000)
        except OSError:
            pass
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            ended = time.monotonic() - start
        time.sleep(0.05)
    left = sum(alive(worker) for worker in workers)
    after = "not ended after 7 s" if ended is None else f"ended after {ended:.1f} s"
    print(f"{presses} x Ctrl-C, one every 1.5 s: {after}, {left} of {len(workers)} workers left")


CASES = {
    "G1": [g1_executor, g1_pool], "G2": [g2], "G3": [g3_executor, g3_pool], "G4": [g4], "G5": [g5], "G6": [g6], "G7": [g7], "G8": [g8],
    "G9": [g9], "G10": [g10], "G11": [g11], "G17": [g17], "G18": [g18],
}


# ---- Running them ------------------------------------------------------------------------------------------------------------------

def kill_marked(mark):
    """Whatever a case started carries its mark in the environment, wherever it went."""
    wanted = f"{MARK}={mark}".encode()
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as environment:
                if wanted in environment.read().split(b"\0"):
                    os.kill(int(entry), signal.SIGKILL)
        except OSError:
            pass


def run(name, case):
    mark = uuid.uuid4().hex
    start = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, os.path.abspath(__file__), "--case", case.__name__],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, MARK: mark, "PYTHONDONTWRITEBYTECODE": "1"})
    try:
        output, errors = child.communicate(timeout=LIMIT)
        hang = ""
    except subprocess.TimeoutExpired:
        hang = f" -> hang after {LIMIT} s"
        kill_marked(mark)
        output, errors = child.communicate()
    kill_marked(mark)
    lines = output.strip().splitlines()
    found = lines[-1] if lines else (errors.strip().splitlines() or ["nothing was printed"])[-1]
    print(f"{name} CPython: {case.__doc__}: {found}{hang} ({time.monotonic() - start:.1f} s)", flush=True)


def main(arguments):
    if arguments[:1] == ["--case"]:
        globals()[arguments[1]]()
        return 0
    names = list(CASES) if arguments == ["all"] else [argument.upper() for argument in arguments]
    unknown = [name for name in names if name not in CASES]
    if not names or unknown:
        print(f"usage: cpython.py all | {' '.join(CASES)}", *(f"\nnot there: {' '.join(unknown)}" if unknown else ""), file=sys.stderr)
        return 2
    print(f"CPython {sys.version.split()[0]}")
    for name in names:
        for case in CASES[name]:
            run(name, case)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
