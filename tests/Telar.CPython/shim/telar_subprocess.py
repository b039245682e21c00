"""Python's subprocess, over Telar.Subprocesses. Put in the place of the library's by injection.py, for test_subprocess alone.

Python's part is what concerns objects of Python: str, bytes and path-like, file objects and their buffers, warnings, the types of
arguments. What a child is, does and says comes from Telar.
"""
import contextlib as _contextlib
import io as _io
import locale as _locale
import os  # test_subprocess patches functions of it by the name subprocess.os
import selectors as _selectors
import types as _types
import warnings as _warnings
from subprocess import CalledProcessError, SubprocessError, TimeoutExpired, _args_from_interpreter_flags, _optim_args_from_interpreter_flags

from _telar import Native as _Native, at_least_zero as _at_least_zero, classes as _classes, exceptions as _exceptions, members as _t

__all__ = ["Popen", "PIPE", "STDOUT", "call", "check_call", "getstatusoutput", "getoutput", "check_output", "run",
           "CalledProcessError", "DEVNULL", "SubprocessError", "TimeoutExpired", "CompletedProcess"]

PIPE = -1
STDOUT = -2
DEVNULL = -3

# What test_subprocess wants empty at its end. Telar reaps a dropped child by itself.
_active = []


def _cleanup():
    pass


# Telar has two engines, for callers that block and for those that await. The class ProcessTestCaseNoPoll, which chooses another
# selector and runs all tests of ProcessTestCase again, gets the second one.
_PopenSelector = _selectors.PollSelector


def _engine(name):
    return getattr(_t, name if _PopenSelector is _selectors.PollSelector else name + "_async")


# ---- Exceptions -----------------------------------------------------------------------------------------------------------------

class _Expired(Exception):
    """Carries Telar's TimeoutExpiredException."""


class _Failed(Exception):
    """Carries Telar's CalledProcessException."""


_exceptions.update({
    "TimeoutExpiredException": (_Expired, None),
    "CalledProcessException": (_Failed, None),
    "SubprocessException": (SubprocessError, ""),
    "PlatformNotSupportedException": (ValueError, ""),
    "KeyNotFoundException": (KeyError, ""),
})
for _name in ("run", "run_async", "check_output", "check_output_async"):
    _exceptions[f"Subprocess_{_name}:ArgumentException"] = (ValueError, "stdin with input, or stdout or stderr with capture_output: ")


@_contextlib.contextmanager
def _python_exceptions(args, text=False, timeout=None):
    try:
        yield
    except _Expired as expired:
        [native] = expired.args
        outputs = _t.TimeoutExpired_stdout(native), _t.TimeoutExpired_stderr(native)
        raise TimeoutExpired(args, timeout, *[_value(output, False) or None for output in outputs]) from None
    except _Failed as failed:
        process = _t.CalledProcess_process(failed.args[0])
        outputs = _t.CompletedProcess_stdout(process), _t.CompletedProcess_stderr(process)
        raise CalledProcessError(_t.CompletedProcess_returncode(process), args, *[_value(output, text) for output in outputs]) from None


# ---- Arguments and values -------------------------------------------------------------------------------------------------------

class _Object(_Native):
    """An object of Telar that has no class of its own in Python."""


class _Input(_Native):
    def __init__(self, value):
        (_t.Input_text_new if isinstance(value, str) else _t.Input_bytes_new)(self, value)


class _Options(_Native):
    def __init__(self, **values):
        _t.PopenOptions_new(self, values)


def _value(output, text):
    if _t.CapturedOutput_is_captured(output):
        return _t.CapturedOutput_text(output) if text else _t.CapturedOutput_bytes(output)


def _stream(file):
    return file if file is None or isinstance(file, int) else file.fileno()


def _path(path):
    return None if path is None else os.fsdecode(path)


class _Call:
    """The arguments of Popen, as Telar takes them."""

    def __init__(self, args, bufsize=-1, executable=None, stdin=None, stdout=None, stderr=None, preexec_fn=None, close_fds=True,
                 shell=False, cwd=None, env=None, universal_newlines=None, startupinfo=None, creationflags=0, restore_signals=True,
                 start_new_session=False, pass_fds=(), *, user=None, group=None, extra_groups=None, encoding=None, errors=None,
                 text=None, umask=-1, pipesize=-1, process_group=None, **of_run):
        if preexec_fn is not None:
            raise NotImplementedError("Telar has no preexec_fn: no code of .NET can run between fork and exec")
        for name, number in (("bufsize", bufsize), ("pipesize", pipesize)):
            if not isinstance(number, int | None):
                raise TypeError(f"{name} must be an integer")
        if isinstance(args, os.PathLike) and shell:
            raise TypeError("path-like args is not allowed when shell is true")
        if pass_fds and not close_fds:
            _warnings.warn("pass_fds overriding close_fds.", RuntimeWarning)
        if None not in (text, universal_newlines) and bool(text) != bool(universal_newlines):
            raise SubprocessError("text and universal_newlines are the same thing, and differ. Pass one of them.")
        self.args = args
        self.words = tuple(map(os.fsdecode, [args] if isinstance(args, str | bytes | os.PathLike) else args))
        self.shell = bool(shell)
        self.bufsize = -1 if bufsize is None else bufsize
        self.text = bool(encoding or errors or text or universal_newlines)
        self.encoding = encoding or (_locale.getencoding() if self.text else None)
        self.errors = errors
        self.timeout = of_run.get("timeout")
        self.values = dict(
            of_run, stdin=_stream(stdin), stdout=_stream(stdout), stderr=_stream(stderr), cwd=_path(cwd),
            executable=_path(executable),
            env=None if env is None else tuple((os.fsdecode(name), os.fsdecode(value)) for name, value in env.items()),
            encoding=self.encoding, errors=errors, pipesize=-1 if pipesize is None else pipesize,
            close_fds=close_fds or bool(pass_fds), pass_fds=tuple(pass_fds), restore_signals=restore_signals,
            start_new_session=start_new_session, process_group=process_group, user=user, group=group,
            extra_groups=None if extra_groups is None else tuple(extra_groups), umask=umask, startupinfo=startupinfo is not None,
            creationflags=creationflags)

    def to(self, member):
        """Calls a function of Telar with a command line and options."""
        with _python_exceptions(self.args, self.text, self.timeout):
            return member(self.words, self.shell, _Options(**self.values))


# ---- Functions ------------------------------------------------------------------------------------------------------------------

class CompletedProcess(_Native):
    returncode = property(_t.CompletedProcess_returncode)
    stdout = property(lambda self: _value(_t.CompletedProcess_stdout(self), self._text))
    stderr = property(lambda self: _value(_t.CompletedProcess_stderr(self), self._text))
    __class_getitem__ = classmethod(_types.GenericAlias)

    def check_returncode(self):
        with _python_exceptions(self.args, self._text):
            _t.CompletedProcess_check_returncode(self)


def run(*popenargs, input=None, capture_output=False, timeout=None, check=False, **kwargs):
    call = _Call(*popenargs, input=None if input is None else _Input(input), capture_output=capture_output,
                 timeout=_at_least_zero(timeout), check=check, **kwargs)
    completed = call.to(_engine("Subprocess_run"))
    completed.args, completed._text = call.args, call.text
    return completed


def call(*popenargs, timeout=None, **kwargs):
    return _Call(*popenargs, timeout=_at_least_zero(timeout), **kwargs).to(_engine("Subprocess_call"))


def check_call(*popenargs, timeout=None, **kwargs):
    return _Call(*popenargs, timeout=_at_least_zero(timeout), **kwargs).to(_engine("Subprocess_check_call"))


def check_output(*popenargs, timeout=None, **kwargs):
    for name in ("stdout", "check"):
        if name in kwargs:
            raise ValueError(f"{name} argument not allowed, it will be overridden.")
    if "input" in kwargs:
        kwargs["input"] = _Input(kwargs["input"] or b"")
    call = _Call(*popenargs, timeout=_at_least_zero(timeout), **kwargs)
    return _value(call.to(_engine("Subprocess_check_output")), call.text)


def _shell(cmd, encoding, errors):
    call = _Call(cmd, text=True, encoding=encoding, errors=errors)
    return *call.words, _Options(**call.values)


def getstatusoutput(cmd, *, encoding=None, errors=None):
    return _t.Subprocess_getstatusoutput(*_shell(cmd, encoding, errors))


def getoutput(cmd, *, encoding=None, errors=None):
    return _t.Subprocess_getoutput(*_shell(cmd, encoding, errors))


def list2cmdline(seq):
    return _t.list2cmdline(tuple(map(os.fsdecode, seq)))


# ---- Popen ----------------------------------------------------------------------------------------------------------------------

class _Pipe(_io.FileIO):
    """Python's file over the descriptor that Telar's stream owns: what closes the one closes the other."""

    def __init__(self, stream, mode):
        super().__init__(_t.Pipe_fileno(stream), mode, closefd=False)
        self._stream = stream

    def close(self):
        super().close()
        _t.Pipe_close(self._stream)


def _file(stream, mode, call):
    """What io.open makes of a descriptor."""
    if stream is None:
        return None
    file = _Pipe(stream, mode)
    if call.bufsize == 1 and not call.text:
        _warnings.warn("line buffering (buffering=1) isn't supported in binary mode", RuntimeWarning, stacklevel=4)
    if call.bufsize != 0:
        size = call.bufsize if call.bufsize > 1 else _io.DEFAULT_BUFFER_SIZE
        file = (_io.BufferedWriter if mode == "wb" else _io.BufferedReader)(file, size)
    if call.text:
        file = _io.TextIOWrapper(file, call.encoding, call.errors, write_through=mode == "wb",
                                 line_buffering=mode == "wb" and call.bufsize == 1)
    return file


class Popen(_Native):
    returncode = None
    universal_newlines = property(lambda self: self.text_mode)
    __class_getitem__ = classmethod(_types.GenericAlias)

    def __init__(self, *popenargs, **kwargs):
        call = _Call(*popenargs, **kwargs)
        self.args, self.encoding, self.errors, self.text_mode = call.args, call.encoding, call.errors, call.text
        self._execute_child(call)

    def _execute_child(self, call):
        call.to(lambda *arguments: _t.Popen_new(self, *arguments))
        self.pid = _t.Popen_pid(self)
        self.stdin = _file(_t.Popen_stdin(self), "wb", call)
        self.stdout = _file(_t.Popen_stdout(self), "rb", call)
        self.stderr = _file(_t.Popen_stderr(self), "rb", call)

    def poll(self):
        self.returncode = _t.Popen_poll(self)
        return self.returncode

    def wait(self, timeout=None):
        with _python_exceptions(self.args, self.text_mode, timeout):
            self.returncode = _engine("Popen_wait")(self, _at_least_zero(timeout))
        return self.returncode

    def communicate(self, input=None, timeout=None):
        if self.stdin and self.stdin.closed is not True:   # the tests put a mock there, whose 'closed' is neither
            with _contextlib.suppress(BrokenPipeError):
                self.stdin.flush()
        with _python_exceptions(self.args, self.text_mode, timeout):
            outputs = _engine("Popen_communicate")(self, None if input is None else _Input(input), _at_least_zero(timeout))
        for file in filter(None, (self.stdin, self.stdout, self.stderr)):
            with _contextlib.suppress(BrokenPipeError):
                file.close()
        self.poll()
        return tuple(_value(output, self.text_mode) for output in outputs)

    def send_signal(self, sig):
        self.poll()
        _t.Popen_send_signal(self, sig)

    def terminate(self):
        self.poll()
        _t.Popen_terminate(self)

    def kill(self):
        self.poll()
        _t.Popen_kill(self)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        with _contextlib.ExitStack() as last_first:
            last_first.callback(self.wait)
            for file in filter(None, (self.stdin, self.stderr, self.stdout)):
                last_first.callback(file.close)

    def __del__(self, _warn=_warnings.warn):
        if hasattr(self, "_native"):
            if self.returncode is None:
                _warn(f"subprocess {self.pid} is still running", ResourceWarning, source=self)
            _t.Popen_detach(self)
            if all(file is None or file.closed for file in (self.stdin, self.stdout, self.stderr)):
                _t.Popen_dispose(self)

    def __repr__(self):
        text = f"<{type(self).__name__}: returncode: {self.returncode} args: {self.args!r}>"
        return text if len(text) <= 80 else text[:76] + "...>"


_classes.update(dict.fromkeys(("TimeoutExpiredException", "CalledProcessException", "CapturedOutput", "ChildPipeStream"), _Object),
                CompletedProcess=CompletedProcess)
