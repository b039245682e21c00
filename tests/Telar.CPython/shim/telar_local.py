"""threading.local, over Telar.Threading.LocalObject."""
import collections.abc

from _telar import Native, exceptions, members as _t

exceptions["local_get:KeyNotFoundException"] = (AttributeError, "")


class Attributes(collections.abc.MutableMapping):
    """The __dict__ of a local: this thread's attributes."""

    def __init__(self, owner):
        self.owner = owner

    def __getitem__(self, name):
        if name not in _t.local_names(self.owner):
            raise KeyError(name)
        return _t.local_get(self.owner, name)

    def __setitem__(self, name, value):
        _t.local_set(self.owner, name, value)

    def __delitem__(self, name):
        _t.local_remove(self.owner, name)

    def __iter__(self):
        return iter(_t.local_names(self.owner))

    def __len__(self):
        return len(_t.local_names(self.owner))

    def __repr__(self):
        return repr(dict(self))


class LocalType(type):
    """Leaves it to Telar to call __init__: once in each thread."""

    def __call__(cls, *args, **kwargs):
        made = cls.__new__(cls)
        _t.local_new(made, args, kwargs)
        _t.local_names(made)
        return made


def _is_shared(owner, name):
    """Python's rule for attributes: a descriptor of the class that can be set goes before the object's own."""
    return hasattr(getattr(type(owner), name, None), "__set__")


def _refuse_dict(name):
    if name == "__dict__":
        raise AttributeError("attribute '__dict__' is read-only")


class local(Native, metaclass=LocalType):
    __slots__ = ()

    def __getattribute__(self, name):
        if name == "__dict__":
            return Attributes(self)
        if not _is_shared(self, name):
            try:
                return _t.local_get(self, name)
            except AttributeError:
                pass
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        _refuse_dict(name)
        object.__setattr__(self, name, value) if _is_shared(self, name) else _t.local_set(self, name, value)

    def __delattr__(self, name):
        _refuse_dict(name)
        if _is_shared(self, name) or not _t.local_remove(self, name):
            object.__delattr__(self, name)
