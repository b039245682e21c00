"""Python's multiprocessing.connection, over Telar.Multiprocessing.

Python's part is pickling, the forms of addresses and the checks of offset and size; what goes over the wire comes from Telar.
"""
import multiprocessing.dummy
import os
from multiprocessing import AuthenticationError, BufferTooShort
from multiprocessing.reduction import ForkingPickler
import pickle

from _telar import Native, at_least_zero, classes, exceptions, members as _t

exceptions.update({
    "AuthenticationException": (AuthenticationError, ""),
    "EndOfStreamException": (EOFError, ""),
    "ObjectDisposedException": (OSError, ""),
    "InvalidDataException": (OSError, ""),
    "Connection_recv_handle:InvalidDataException": (RuntimeError, ""),
})
for _member in ("send_bytes", "recv_bytes", "recv_bytes_into", "poll"):
    exceptions[f"Connection_{_member}:InvalidOperationException"] = (OSError, "")


class Connection(Native):
    def __init__(self, handle, readable=True, writable=True):
        _t.Connection_new(self, handle, readable, writable)

    closed = property(_t.Connection_is_closed)
    readable = property(_t.Connection_can_read)
    writable = property(_t.Connection_can_write)

    def fileno(self):
        return _t.Connection_fileno(self)

    def close(self):
        _t.Connection_close(self)

    def send_bytes(self, buf, offset=0, size=None):
        data = bytes(memoryview(buf).cast("B"))
        end = len(data) if size is None else offset + size
        if offset < 0 or offset > len(data) or end < offset or end > len(data):
            raise ValueError("offset and size are not within the buffer")
        _t.Connection_send_bytes(self, data[offset:end])

    def recv_bytes(self, maxlength=None):
        if maxlength is not None and maxlength < 0:
            raise ValueError("negative maxlength")
        return _t.Connection_recv_bytes(self, maxlength)

    def recv_bytes_into(self, buf, offset=0):
        room = memoryview(buf).cast("B")
        if not 0 <= offset <= len(room):
            raise ValueError("offset is not within the buffer")
        fits, message = _t.Connection_recv_bytes_into(self, len(room) - offset)
        if not fits:
            raise BufferTooShort(message)
        room[offset:offset + len(message)] = message
        return len(message)

    def send(self, obj):
        self.send_bytes(ForkingPickler.dumps(obj))

    def recv(self):
        return pickle.loads(self.recv_bytes())

    def poll(self, timeout=0.0):
        return _t.Connection_poll(self, at_least_zero(timeout))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


classes["Connection"] = Connection


def Pipe(duplex=True):
    return _t.Pipe_create(duplex)


class _Options(Native):
    def __init__(self, authkey, backlog):
        _t.ListenerOptions_new(self, authkey or b"", backlog)


class _Address(Native):
    def __init__(self, value):
        if isinstance(value, tuple):
            _t.Address_inet_new(self, *value)
        else:
            _t.Address_unix_new(self, value)


def _python_address(native):
    kind, path, port = native
    return (path, port) if kind == "Inet" else path


class Listener(Native):
    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        if address is None and family == "AF_INET":
            address = ("localhost", 0)
        _t.Listener_new(self, address and _Address(address), _Options(authkey, backlog))

    address = property(lambda self: _python_address(_t.Listener_address(self)))
    last_accepted = property(lambda self: _t.Listener_last_accepted(self) and _python_address(_t.Listener_last_accepted(self)))

    def accept(self):
        return _t.Listener_accept(self)

    def close(self):
        _t.Listener_close(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def Client(address, family=None, authkey=None):
    return _t.Client_connect(_Address(address), _Options(authkey, 1))


def wait(object_list, timeout=None):
    objects = list(object_list)
    numbers = tuple(item if isinstance(item, int) else item.fileno() for item in objects)
    return [objects[index] for index in _t.Connections_wait(numbers, at_least_zero(timeout))]


def send_handle(conn, handle, destination_pid):
    _t.Connection_send_handle(conn, handle)


def recv_handle(conn):
    return _t.Connection_recv_handle(conn)


class _Handshake(Native):
    def __init__(self, authkey, listens):
        _t.Handshake_new(self, authkey, listens)


def deliver_challenge(connection, authkey):
    handshake = _Handshake(authkey, True)
    connection.send_bytes(_t.Handshake_begin(handshake))
    _answer(connection, handshake)


def answer_challenge(connection, authkey):
    handshake = _Handshake(authkey, False)
    _answer(connection, handshake)
    _answer(connection, handshake)


def _answer(connection, handshake):
    answer, fault = _t.Handshake_next(handshake, connection.recv_bytes(256))
    if answer:
        connection.send_bytes(answer)
    if fault:
        raise AuthenticationError(fault)


class ThreadProcess(multiprocessing.dummy.Process):
    """A thread that has, as a process has, ends of its own of the connections that it is given."""

    def __init__(self, group=None, target=None, name=None, args=(), kwargs={}):
        own = tuple(Connection(os.dup(arg.fileno()), arg.readable, arg.writable) if isinstance(arg, Connection) else arg for arg in args)
        super().__init__(group, target, name, own, kwargs)
        self._own = own
        self.pid = os.getpid()

    def run(self):
        try:
            super().run()
        finally:
            for connection in self._own:
                if isinstance(connection, Connection):
                    connection.close()
