"""The tests of connections in CPython's test/_test_multiprocessing.py, whose other tests are about processes.

They run as they do for processes, with threads in their place: see ThreadProcess in shim/telar_connections.py.
"""
import multiprocessing.connection
import unittest

from test import _test_multiprocessing as upstream
from telar_connections import Pipe, ThreadProcess


class ConnectionsMixin:
    TYPE = "processes"
    Process = ThreadProcess
    Pipe = staticmethod(Pipe)
    connection = multiprocessing.connection
    current_process = staticmethod(multiprocessing.current_process)


def _with_connections(base):
    return type(base.__name__.lstrip("_"), (base, ConnectionsMixin, unittest.TestCase), {"__module__": __name__})


def _as_it_is(base):
    return type(base.__name__, (base,), {"__module__": __name__})


for _name in ("_TestConnection", "_TestListener", "_TestListenerClient", "_TestPoll", "_TestPicklingConnections"):
    globals()[_name.lstrip("_")] = _with_connections(getattr(upstream, _name))
for _name in ("TestWait", "TestInvalidHandle", "OtherTest", "ChallengeResponseTest"):
    if hasattr(upstream, _name):
        globals()[_name] = _as_it_is(getattr(upstream, _name))
