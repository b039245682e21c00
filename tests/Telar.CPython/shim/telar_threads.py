"""The threads of threading and _thread, over Telar.Threading."""
import functools
import sys
import threading

from _telar import Native, at_least_zero, classes, exceptions, members as _t

exceptions["ThreadExitException"] = (SystemExit, "")
exceptions["ThreadHandle_start:InvalidOperationException"] = (RuntimeError, "thread already started: ")
exceptions["ThreadHandle_set_done:InvalidOperationException"] = (RuntimeError, "thread not started: ")
exceptions["ThreadHandle_join:InvalidOperationException"] = (RuntimeError, "thread not started, or Cannot join current thread: ")
exceptions["Thread_register_at_exit:InvalidOperationException"] = (RuntimeError, "can't register atexit after shutdown: ")

TIMEOUT_MAX = _t.Thread_timeout_max()
get_ident = _t.Thread_current_ident
get_native_id = _t.Thread_current_native_id
current_thread = _t.Thread_current
main_thread = _t.Thread_main
active_count = _t.Thread_active_count
exit = _t.LowLevel_exit
_count = _t.LowLevel_count
daemon_threads_allowed = _t.LowLevel_daemon_threads_allowed
_shutdown = _t.Thread_shut_down


def enumerate():
    return list(_t.Thread_enumerate())


def stack_size(*size):
    before = _t.Thread_stack_size()
    for new in size:
        _t.Thread_set_stack_size(new)
    return before


def _register_atexit(func, *arg, **kwargs):
    _t.Thread_register_at_exit(func, arg, kwargs)


def start_new_thread(function, args, kwargs={}):
    return _t.LowLevel_start_new_thread(function, args, kwargs)


class _ThreadHandle(Native):
    def __init__(self):
        _t.ThreadHandle_new(self)

    ident = property(_t.ThreadHandle_ident)

    def join(self, timeout=None):
        _t.ThreadHandle_join(self, at_least_zero(timeout))

    def is_done(self):
        return _t.ThreadHandle_is_done(self)

    def _set_done(self):
        _t.ThreadHandle_set_done(self)


def start_joinable_thread(function, handle=None, daemon=True):
    return _t.ThreadHandle_start(function, handle or _ThreadHandle())


class Thread(Native):
    def __init__(self, group=None, target=None, name=None, args=(), kwargs={}, *, daemon=None, context=None):
        assert group is None, "group argument must be None for now"
        target = None if target is None else functools.partial(target, *args, **kwargs)
        _t.Thread_new(self, target, None if name is None else str(name), daemon, context)
        self._stderr = sys.stderr   # where CPython's own excepthook writes when there is no other

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
classes.update(Thread=Thread, ThreadHandle=_ThreadHandle)
