"""Puts Telar's classes where an upstream test module takes its classes from. Runs before the module is imported.

The files queue.py, sched.py and contextvars.py of this folder stand before the library's on the path and need no injection.
"""


def inject(module):
    import _telar  # noqa: F401  a runtime that does not start is to fail here, once
