"""The classes and functions of threading and _thread, over Telar.Threading."""
import collections.abc
import functools
import sys
import threading

from _telar import Native, at_least_zero, classes, exceptions, members as _t, not_a_base, seconds

exceptions.update({
    "BrokenBarrierException": (threading.BrokenBarrierError, ""),
    "ThreadExitException": (SystemExit, ""),
    "local_get:KeyNotFoundException": (AttributeError, ""),
})

TIMEOUT_MAX = _t.Thread_timeout_max()
get_ident = _t.Thread_current_ident
get_native_id = _t.Thread_current_native_id
current_thread = _t.Thread_current
main_thread = _t.Thread_main
active_count = _t.Thread_active_count
exit = _t.LowLevel_exit
_count = _t.LowLevel_count
daemon_threads_allowed = _t.LowLevel_daemon_threads_allowed


def enumerate():
    return list(_t.Thread_enumerate())


def stack_size(*size):
    before = _t.Thread_stack_size()
    for new in size:
        _t.Thread_set_stack_size(new)
    return before


def start_new_thread(function, args, kwargs={}):
    return _t.LowLevel_start_new_thread(function, args, kwargs)


class ThreadHandle(Native):
    def __init__(self):
        _t.ThreadHandle_new(self)

    ident = property(_t.ThreadHandle_ident)

    def join(self, timeout=None):
        _t.ThreadHandle_join(self, at_least_zero(timeout))

    def is_done(self):
        return _t.ThreadHandle_is_done(self)


def start_joinable_thread(function, handle=None, daemon=True):
    return _t.ThreadHandle_start(function, handle or ThreadHandle())


# ---- Locks ----------------------------------------------------------------------------------------------------------------------

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


# ---- Threads --------------------------------------------------------------------------------------------------------------------

class Thread(Native):
    def __init__(self, group=None, target=None, name=None, args=(), kwargs={}, *, daemon=None, context=None):
        assert group is None, "group argument must be None for now"
        target = None if target is None else functools.partial(target, *args, **kwargs)
        _t.Thread_new(self, target, None if name is None else str(name), daemon, context)

    name = property(_t.Thread_name, lambda self, name: _t.Thread_set_name(self, str(name)))
    daemon = property(_t.Thread_daemon, _t.Thread_set_daemon)
    ident = property(_t.Thread_ident)
    native_id = property(_t.Thread_native_id)

    def start(self):
        _t.Thread_start(self, self)

    def run(self):
        _t.Thread_run(self)

    def join(self, timeout=None):
        _t.Thread_join(self, at_least_zero(timeout))

    def is_alive(self):
        return _t.Thread_is_alive(self)

    def __repr__(self):
        return f"<{type(self).__name__}({self.name}, {_t.Thread_state(self)})>"


class Timer(Thread):
    def __init__(self, interval, function, args=None, kwargs=None):
        self.interval, self.function = interval, function
        self.args = [] if args is None else args
        self.kwargs = {} if kwargs is None else kwargs
        _t.Timer_new(self, interval, lambda: self.function(*self.args, **self.kwargs))

    finished = property(_t.Timer_finished)

    def cancel(self):
        _t.Timer_cancel(self)


def _excepthook(exception, thread):
    """Hands an exception that ended a thread of Telar's to whatever stands in threading.excepthook."""
    threading.excepthook(threading.ExceptHookArgs((type(exception), exception, exception.__traceback__, thread)))


_t.Thread_set_excepthook(_excepthook)
classes.update(Thread=Thread, Event=Event, ThreadHandle=ThreadHandle)


# ---- local ----------------------------------------------------------------------------------------------------------------------

class Attributes(collections.abc.MutableMapping):
    """The __dict__ of a local: this thread's attributes."""

    def __init__(self, owner):
        self.owner = owner

    def __getitem__(self, name):
        if name not in _t.local_names(self.owner):
            raise KeyError(name)
        return _t.local_get(self.owner, name)

    def __setitem__(self, name, value):
        _t.local_set(self.owner, name, value)

    def __delitem__(self, name):
        _t.local_remove(self.owner, name)

    def __iter__(self):
        return iter(_t.local_names(self.owner))

    def __len__(self):
        return len(_t.local_names(self.owner))

    def __repr__(self):
        return repr(dict(self))


class LocalType(type):
    """Leaves it to Telar to call __init__: once in each thread."""

    def __call__(cls, *args, **kwargs):
        made = cls.__new__(cls)
        _t.local_new(made, args, kwargs)
        _t.local_names(made)
        return made


def _is_shared(owner, name):
    """Python's rule for attributes: a descriptor of the class that can be set goes before the object's own."""
    return hasattr(getattr(type(owner), name, None), "__set__")


class local(Native, metaclass=LocalType):
    __slots__ = ()
    __dict__ = property(Attributes)

    def __getattribute__(self, name):
        if not _is_shared(self, name):
            try:
                return _t.local_get(self, name)
            except AttributeError:
                pass
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value) if _is_shared(self, name) else _t.local_set(self, name, value)

    def __delattr__(self, name):
        if _is_shared(self, name) or not _t.local_remove(self, name):
            object.__delattr__(self, name)
