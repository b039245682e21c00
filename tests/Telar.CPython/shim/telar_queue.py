"""The classes of queue.py. Apart from it, because test_queue imports that one twice and must find one set of exceptions."""
from _telar import Native, exceptions, members as _t


class Empty(Exception):
    pass


class Full(Exception):
    pass


class ShutDown(Exception):
    pass


exceptions.update({
    "QueueEmptyException": (Empty, ""),
    "QueueFullException": (Full, ""),
    "QueueShutDownException": (ShutDown, ""),
    "Queue_task_done:InvalidOperationException": (ValueError, ""),
})


class SimpleQueue(Native):
    def __init__(self):
        _t.SimpleQueue_new(self)

    def put(self, item, block=True, timeout=None):
        _t.Queue_put(self, item, None)

    def put_nowait(self, item):
        _t.Queue_put_nowait(self, item)

    def get(self, block=True, timeout=None):
        return _t.Queue_get(self, timeout if block else 0)

    def get_nowait(self):
        return _t.Queue_get_nowait(self)

    def qsize(self):
        return _t.Queue_qsize(self)

    def empty(self):
        return _t.Queue_empty(self)


class JoinableQueue(SimpleQueue):
    """What the three kinds of queue with a size have in common."""
    maxsize = property(_t.Queue_maxsize, _t.Queue_set_maxsize)
    is_shutdown = property(_t.Queue_is_shutdown)
    unfinished_tasks = property(_t.Queue_unfinished_tasks)

    def put(self, item, block=True, timeout=None):
        _t.Queue_put(self, item, timeout if block else 0)

    def full(self):
        return _t.Queue_full(self)

    def task_done(self):
        _t.Queue_task_done(self)

    def join(self):
        _t.Queue_join(self)

    def shutdown(self, immediate=False):
        _t.Queue_shutdown(self, immediate)


class Queue(JoinableQueue):
    def __init__(self, maxsize=0):
        _t.Queue_new(self, maxsize)

    def _put(self, item):
        _t.Queue_base_put(self, item)

    def _get(self):
        return _t.Queue_base_get(self)


class LifoQueue(JoinableQueue):
    def __init__(self, maxsize=0):
        _t.LifoQueue_new(self, maxsize)


class PriorityQueue(JoinableQueue):
    def __init__(self, maxsize=0):
        _t.PriorityQueue_new(self, maxsize)
