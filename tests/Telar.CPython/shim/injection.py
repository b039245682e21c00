"""Puts Telar's classes where an upstream test module takes its classes from. Runs before the module is imported.

The files queue.py, sched.py and contextvars.py of this folder stand before the library's on the path and need no injection. In the
tests of these modules, threads and locks are CPython's: they are the tools there, and not what is tested.
"""
import _thread
import children
import resource
import subprocess
import sys
import sysconfig
import threading


def inject(module):
    import _telar   # a runtime that does not start is to fail here, once
    _telar.collect_together()
    if module in ("test_thread", "test_threading"):
        inject_threads()
        children.prepare()
    elif module == "test_threading_local":
        inject_local()
    elif module == "test_subprocess":
        inject_subprocess()
    elif module == "test_concurrent_futures":
        inject_futures()
    elif module == "test_connections":
        inject_connections()


def inject_threads():
    import telar_locks
    import telar_threads
    for name in ("Lock", "Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier"):
        setattr(threading, name, getattr(telar_locks, name))
    # threading.RLock is a function that calls one of these.
    threading._PyRLock = threading._CRLock = _thread.RLock = telar_locks.RLock
    _thread.LockType = _thread.lock = _thread.allocate_lock = telar_locks.Lock
    for name in ("Thread", "Timer", "current_thread", "main_thread", "enumerate", "active_count", "_register_atexit", "_shutdown"):
        setattr(threading, name, getattr(telar_threads, name))
    threading._main_thread = telar_threads.main_thread()
    for name in ("start_new_thread", "start_joinable_thread", "_ThreadHandle", "_count", "exit", "daemon_threads_allowed"):
        setattr(_thread, name, getattr(telar_threads, name))
    for name in ("get_ident", "get_native_id", "stack_size", "TIMEOUT_MAX"):
        setattr(threading, name, getattr(telar_threads, name))
        setattr(_thread, name, getattr(telar_threads, name))


def inject_local():
    import _threading_local
    from telar_local import local
    threading.local = _thread._local = _threading_local.local = local


def inject_subprocess():
    import telar_subprocess

    # .NET has raised the limit of descriptors. test_no_leaking wants to come near one, the usual one of Linux.
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    # Upstream leaves tests out where an interpreter with a shared library might need a variable to find it.
    if subprocess.run([sys.executable, "-c", "pass"], env={}, stderr=subprocess.DEVNULL).returncode == 0:
        sysconfig.get_config_vars()["Py_ENABLE_SHARED"] = 0
    sys.modules["subprocess"] = telar_subprocess


def inject_futures():
    import concurrent.futures.process   # CPython's: its tests load, and are not run
    import telar_futures
    for module in (concurrent.futures, concurrent.futures._base, concurrent.futures.thread):
        for name in ("Future", "ThreadPoolExecutor", "as_completed", "wait"):
            setattr(module, name, getattr(telar_futures, name))


def inject_connections():
    import multiprocessing.connection
    import multiprocessing.reduction
    import telar_connections
    for name in ("Connection", "Pipe", "Listener", "Client", "wait", "deliver_challenge", "answer_challenge"):
        setattr(multiprocessing.connection, name, getattr(telar_connections, name))
    for name in ("send_handle", "recv_handle"):
        setattr(multiprocessing.reduction, name, getattr(telar_connections, name))
    multiprocessing.Pipe = telar_connections.Pipe
    multiprocessing.Process = telar_connections.ThreadProcess
