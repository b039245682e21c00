"""The locks of threading and _thread, and what else threads wait for each other with, over Telar.Threading."""
import threading

from _telar import Native, at_least_zero, classes, exceptions, members as _t, not_a_base, seconds

exceptions["BrokenBarrierException"] = (threading.BrokenBarrierError, "")


class Acquirable(Native):
    """What all that is acquired and released has in common."""

    def acquire(self, blocking=True, timeout=-1):
        return _t.acquire(self, seconds(blocking, timeout))

    def release(self):
        _t.release(self)

    def locked(self):
        return _t.locked(self)

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()

    def __repr__(self):
        return f"<{'locked' if self.locked() else 'unlocked'} {type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"


@not_a_base("Telar.Threading.Lock")
class Lock(Acquirable):
    def __init__(self):
        _t.Lock_new(self)

    _at_fork_reinit = __init__


class RLock(Acquirable):
    def __init__(self, *ignored, **ignored_too):
        _t.RLock_new(self)

    _at_fork_reinit = __init__

    def _is_owned(self):
        return _t.RLock_is_owned(self)

    def _recursion_count(self):
        return _t.RLock_recursion_count(self)

    def _release_save(self):
        return _t.RLock_release_save(self)

    def _acquire_restore(self, saved):
        _t.RLock_acquire_restore(self, saved)


class Semaphore(Acquirable):
    def __init__(self, value=1):
        _t.Semaphore_new(self, value)

    def acquire(self, blocking=True, timeout=None):
        return _t.acquire(self, seconds(blocking, timeout))

    def release(self, n=1):
        _t.Semaphore_release(self, n)

    def __repr__(self):
        return f"<{type(self).__module__}.Semaphore at {id(self):#x}: value={_t.Semaphore_value(self)}>"


class BoundedSemaphore(Semaphore):
    def __init__(self, value=1):
        _t.BoundedSemaphore_new(self, value)

    def release(self, n=1):
        _t.BoundedSemaphore_release(self, n)

    def __repr__(self):
        value = f"{_t.BoundedSemaphore_value(self)}/{_t.BoundedSemaphore_initial_value(self)}"
        return f"<{type(self).__module__}.BoundedSemaphore at {id(self):#x}: value={value}>"


class Condition(Acquirable):
    def __init__(self, lock=None):
        self._lock = lock or RLock()
        _t.Condition_new(self, self._lock)

    def __getattr__(self, name):
        """The private members that Python's condition takes over from its lock."""
        if name in ("_is_owned", "_release_save", "_acquire_restore", "_at_fork_reinit"):
            return getattr(self._lock, name)
        raise AttributeError(name)

    def wait(self, timeout=None):
        return _t.Condition_wait(self, at_least_zero(timeout))

    def wait_for(self, predicate, timeout=None):
        return _t.Condition_wait_for(self, predicate, at_least_zero(timeout))

    def notify(self, n=1):
        _t.Condition_notify(self, n)

    def notify_all(self):
        _t.Condition_notify_all(self)


class Event(Native):
    def __init__(self):
        _t.Event_new(self)

    _at_fork_reinit = __init__

    def is_set(self):
        return _t.Event_is_set(self)

    def set(self):
        _t.Event_set(self)

    def clear(self):
        _t.Event_clear(self)

    def wait(self, timeout=None):
        return _t.Event_wait(self, at_least_zero(timeout))

    def __repr__(self):
        return f"<{type(self).__module__}.Event at {id(self):#x}: {'set' if self.is_set() else 'unset'}>"


class Barrier(Native):
    def __init__(self, parties, action=None, timeout=None):
        _t.Barrier_new(self, parties, action, timeout)

    parties = property(_t.Barrier_parties)
    n_waiting = property(_t.Barrier_n_waiting)
    broken = property(_t.Barrier_broken)

    def wait(self, timeout=None):
        return _t.Barrier_wait(self, timeout)

    def reset(self):
        _t.Barrier_reset(self)

    def abort(self):
        _t.Barrier_abort(self)

    def __repr__(self):
        state = "broken" if self.broken else f"waiters={self.n_waiting}/{self.parties}"
        return f"<{type(self).__module__}.Barrier at {id(self):#x}: {state}>"


classes["Event"] = Event
