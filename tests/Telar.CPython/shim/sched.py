"""Python's sched, over Telar.Sched."""
import time

from _telar import Native, classes, members as _t

__all__ = ["scheduler"]


class Event(Native):
    time = property(_t.Event_time)
    priority = property(_t.Event_priority)
    sequence = property(_t.Event_sequence)
    action = property(_t.Event_action)
    argument = property(_t.Event_argument)
    kwargs = property(_t.Event_kwargs)


classes["ScheduledEvent"] = Event


class scheduler(Native):
    def __init__(self, timefunc=time.monotonic, delayfunc=time.sleep):
        _t.scheduler_new(self, timefunc, delayfunc)

    def enterabs(self, time, priority, action, argument=(), kwargs={}):
        return _t.scheduler_enterabs(self, time, priority, action, tuple(argument), kwargs)

    def enter(self, delay, priority, action, argument=(), kwargs={}):
        return _t.scheduler_enter(self, delay, priority, action, tuple(argument), kwargs)

    def cancel(self, event):
        _t.scheduler_cancel(self, event)

    def empty(self):
        return _t.scheduler_empty(self)

    def run(self, blocking=True):
        return _t.scheduler_run(self, blocking)

    @property
    def queue(self):
        return list(_t.scheduler_queue(self))
