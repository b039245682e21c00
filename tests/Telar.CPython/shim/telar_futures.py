"""The thread pool and the futures of concurrent.futures, over Telar.Concurrent.Futures.

Exceptions, constants and the named tuple are CPython's. What is private there and used by the tests (_state, _exception and _result, by
which they make a future in a given state; _threads, _max_workers, _broken) is asked of Telar's object, or done to it.
"""
import functools
from concurrent.futures import _base, thread

from _telar import Native, at_least_zero, classes, exceptions, members as _t

exceptions.update({
    "FutureCancelledException": (_base.CancelledError, ""),
    "InvalidStateException": (_base.InvalidStateError, ""),
    "BrokenThreadPoolException": (thread.BrokenThreadPool, ""),
    "ThreadPoolExecutor_new:ArgumentOutOfRangeException": (ValueError, "max_workers must be greater than 0: "),
})


class Future(Native):
    _is_notified = _is_to_finish = False

    def __init__(self):
        _t.Future_new(self)

    def cancel(self):
        return _t.Future_cancel(self)

    def cancelled(self):
        return _t.Future_cancelled(self)

    def running(self):
        return _t.Future_running(self)

    def done(self):
        return _t.Future_done(self)

    def result(self, timeout=None):
        return _t.Future_result(self, at_least_zero(timeout))

    def exception(self, timeout=None):
        return _t.Future_exception(self, at_least_zero(timeout))

    def add_done_callback(self, fn):
        _t.Future_add_done_callback(self, fn)

    def set_running_or_notify_cancel(self):
        return _t.Future_set_running_or_notify_cancel(self)

    def set_result(self, result):
        self._end(_t.Future_set_result, result)

    def set_exception(self, exception):
        self._end(_t.Future_set_exception, exception)

    def _end(self, member, outcome):
        try:
            member(self, outcome)
        except _base.InvalidStateError as error:
            raise _base.InvalidStateError(f"{self._state}: {self!r}") from error   # the words of CPython

    @property
    def _state(self):
        return _base.CANCELLED_AND_NOTIFIED if self._is_notified else _t.Future_state(self)

    @_state.setter
    def _state(self, state):
        self._is_to_finish = state == _base.FINISHED
        self._is_notified = state == _base.CANCELLED_AND_NOTIFIED
        if state in (_base.CANCELLED, _base.CANCELLED_AND_NOTIFIED):
            _t.Future_cancel(self)
        if state in (_base.RUNNING, _base.CANCELLED_AND_NOTIFIED):
            _t.Future_set_running_or_notify_cancel(self)

    def _finish(self, member, outcome):
        if self._is_to_finish and outcome is not None:
            member(self, outcome)

    _exception = property(None, lambda self, exception: self._finish(_t.Future_set_exception, exception))
    _result = property(None, lambda self, result: self._finish(_t.Future_set_result, result))

    def __repr__(self):
        state = _base._STATE_TO_DESCRIPTION_MAP[self._state]
        if self._state == _base.FINISHED:
            exception = self.exception()
            state += f" raised {type(exception).__name__}" if exception else f" returned {type(self.result()).__name__}"
        return f"<Future at {id(self):#x} state={state}>"


class Items(Native):
    """What Map and AsCompleted give."""

    def __iter__(self):
        return self

    def __next__(self):
        for item in _t.Items_next(self):
            return item
        raise StopIteration

    def close(self):
        _t.Items_close(self)


def as_completed(fs, timeout=None):
    return _t.Futures_as_completed(tuple(fs), at_least_zero(timeout))


def wait(fs, timeout=None, return_when=_base.ALL_COMPLETED):
    done, not_done = _t.Futures_wait(tuple(fs), at_least_zero(timeout), return_when.replace("_", ""))
    return _base.DoneAndNotDoneFutures(set(done), set(not_done))


class PoolThreads(Native):
    def __len__(self):
        return _t.PoolThreads_count(self)

    def __iter__(self):
        return iter(_t.PoolThreads_started(self))


class PoolThread(Native):
    name = property(_t.PoolThread_name)

    def join(self):
        _t.PoolThread_join(self)


class ThreadPoolExecutor(Native):
    def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
        initializer = initializer and functools.partial(_initialize, initializer, initargs)
        _t.ThreadPoolExecutor_new(self, max_workers, thread_name_prefix or None, initializer)

    _max_workers = property(_t.ThreadPoolExecutor_max_workers)
    _broken = property(_t.ThreadPoolExecutor_is_broken)
    _threads = property(_t.ThreadPoolExecutor_threads)

    def submit(self, fn, /, *args, **kwargs):
        return _t.Executor_submit(self, functools.partial(fn, *args, **kwargs))

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        return _t.Executor_map(self, fn, tuple(zip(*iterables)), at_least_zero(timeout), chunksize)

    def shutdown(self, wait=True, *, cancel_futures=False):
        _t.Executor_shutdown(self, wait, cancel_futures)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        _t.Executor_dispose(self)


# Where Telar has an exception or an event, CPython writes to its log.

def _initialize(initializer, initargs):
    try:
        initializer(*initargs)
    except BaseException:
        _base.LOGGER.critical("Exception in initializer:", exc_info=True)
        raise


def _callback_failed(future, exception):
    _base.LOGGER.error("exception calling callback for %r", future, exc_info=exception)


_t.Future_set_callback_failed(_callback_failed)
classes.update(Future=Future, Items=Items, PoolThreads=PoolThreads, PoolThread=PoolThread)
