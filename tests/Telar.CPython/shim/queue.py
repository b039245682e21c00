"""Python's queue, over Telar.Queues."""
from telar_queue import Empty, Full, LifoQueue, PriorityQueue, Queue, ShutDown, SimpleQueue

__all__ = ["Empty", "Full", "ShutDown", "Queue", "PriorityQueue", "LifoQueue", "SimpleQueue"]

# Where test_queue looks for the version in Python; there is one version here.
_PySimpleQueue = SimpleQueue
