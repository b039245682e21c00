"""Starts .NET in this process and offers Telar's members: `_telar.members.Queue_put(queue, item, None)`.

The classes of the other files in this folder derive from Native and do nothing but call members. What stands here: where the
runtime is, which exception of ours is which of Python's, and how Python writes a timeout.
"""
import ctypes
import gc
import glob
import os
import shutil
import types

# By the name of our type, or by 'member:type' where Python has another type, or its tests know the words, for one member: Python's
# type, and what stands before our text; None instead of the text: Python's exception gets the object of ours.
exceptions = {
    "ArgumentException": (ValueError, ""),
    "OverflowException": (OverflowError, ""),
    "InvalidOperationException": (RuntimeError, ""),
    "SynchronizationLockException": (RuntimeError, ""),
    "SemaphoreFullException": (ValueError, ""),
    "LookupException": (LookupError, ""),
    "InvalidCastException": (TypeError, ""),
    "TimeoutException": (TimeoutError, ""),
    "IOException": (OSError, ""),   # with the number of the error and the file
    "UnauthorizedAccessException": (OSError, ""),
}

# By the name of our type: the class for an object that Telar made by itself.
classes = {}


class Native:
    """Something whose substance is an object of Telar. `_native` is the capsule that holds it."""
    __slots__ = ("_native", "__weakref__")


def not_a_base(name):
    """For the class of a type that is sealed in C#."""
    def decorate(cls):
        def refuse(subclass, **_):
            if members.Runtime_is_sealed(name):
                raise TypeError(f"type '{cls.__name__}' is not an acceptable base type")
        cls.__init_subclass__ = classmethod(refuse)
        return cls
    return decorate


def seconds(blocking=True, timeout=-1):
    """Python's arguments as the one that Telar's members take: None for ever, 0 only looks."""
    if not blocking and timeout not in (-1, None):
        raise ValueError("can't specify a timeout for a non-blocking call")
    return 0 if not blocking else None if timeout == -1 else timeout


def at_least_zero(timeout):
    """For the calls that take a negative time as no time."""
    return None if timeout is None else max(timeout, 0)


def _start(library):
    root = os.environ.get("DOTNET_ROOT") or os.path.dirname(os.path.realpath(shutil.which("dotnet") or "/usr/share/dotnet/dotnet"))
    found = glob.glob(os.path.join(root, "host", "fxr", "10.*", "libhostfxr.so"))
    if not found:
        raise ImportError(f"no .NET 10 in {root}: set DOTNET_ROOT")
    hostfxr = ctypes.CDLL(max(found, key=lambda path: [int(n) if n.isdigit() else 0 for n in path.split(os.sep)[-2].split(".")]))

    class Parameters(ctypes.Structure):
        _fields_ = [("size", ctypes.c_size_t), ("host_path", ctypes.c_char_p), ("dotnet_root", ctypes.c_char_p)]

    def check(status, what):
        if status & 0x80000000:
            raise ImportError(f"{what} failed with {status & 0xFFFFFFFF:#x}")

    context, load, start = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    parameters = Parameters(ctypes.sizeof(Parameters), None, root.encode())
    config = library.replace(".dll", ".runtimeconfig.json").encode()
    check(hostfxr.hostfxr_initialize_for_runtime_config(config, ctypes.byref(parameters), ctypes.byref(context)),
          "hostfxr_initialize_for_runtime_config")
    check(hostfxr.hostfxr_get_runtime_delegate(context, 5, ctypes.byref(load)), "hostfxr_get_runtime_delegate")
    hostfxr.hostfxr_close(context)
    load_function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p,
                                     ctypes.c_void_p, ctypes.c_void_p)(load.value)
    check(load_function(library.encode(), b"Telar.CPython.Hosting.Entry, Telar.CPython", b"Start", ctypes.c_void_p(-1), None,
                        ctypes.addressof(start)), "load_assembly_and_get_function_pointer")
    entry = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object)(start.value)
    return types.SimpleNamespace(**entry(exceptions, classes))


members = _start(os.environ["TELAR_BRIDGE"])


def collect_together():
    """A test that collects Python's garbage to see whether something is gone means ours too."""
    def collect(phase, info):
        if phase == "stop" and info["generation"] == 2:
            members.Runtime_collect()

    gc.callbacks.append(collect)
