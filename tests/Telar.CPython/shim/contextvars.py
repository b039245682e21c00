"""Python's contextvars, over Telar.ContextVars."""
import collections.abc

from _telar import Native, classes, exceptions, members as _t, not_a_base

__all__ = ("Context", "ContextVar", "Token", "copy_context")

exceptions.update({
    "ContextVar_new:InvalidCastException": (TypeError, "ContextVar() takes exactly 1 positional argument, which must be a str: "),
    "Context_new:InvalidCastException": (TypeError, "Context() does not accept any arguments: "),
    "Context_getitem:LookupException": (KeyError, ""),
    "Context_getitem:InvalidCastException": (TypeError, "a ContextVar key was expected: "),
    "Context_contains:InvalidCastException": (TypeError, "a ContextVar key was expected: "),
    "Context_get:InvalidCastException": (TypeError, "a ContextVar key was expected: "),
})


@not_a_base("Telar.ContextVars.ContextVar`1")
class ContextVar(Native):
    def __init__(self, *name, **default):
        if "default" in default:
            _t.ContextVar_new_default(self, *default.values(), *name)
        else:
            _t.ContextVar_new(self, *name, *default)

    name = property(_t.ContextVar_name)

    def get(self, *default):
        return _t.ContextVar_get_default(self, *default) if default else _t.ContextVar_get(self)

    def set(self, value):
        return _t.ContextVar_set(self, value)

    def reset(self, token):
        _t.ContextVar_reset(self, token)

    def __repr__(self):
        return f"<{_t.ContextVar_text(self)} at {id(self):#x}>"


class Missing(Native):
    def __repr__(self):
        return "<Token.MISSING>"


classes["MissingValue"] = Missing


@not_a_base("Telar.ContextVars.Token`1")
class Token(Native):
    MISSING = _t.Token_missing()
    var = property(_t.Token_var)
    old_value = property(_t.Token_old_value)
    __hash__ = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        _t.Token_dispose(self)

    def __repr__(self):
        return f"<Token{' used' if _t.Token_is_used(self) else ''} var={self.var!r} at {id(self):#x}>"


@not_a_base("Telar.ContextVars.Context")
class Context(Native, collections.abc.Mapping):
    __hash__ = None

    def __init__(self, *none, **nothing):
        _t.Context_new(self, *none, *nothing)

    def run(self, callable, /, *args, **kwargs):
        return _t.Context_run(self, callable, args, kwargs)

    def copy(self):
        return _t.Context_copy(self)

    def get(self, variable, default=None):
        return _t.Context_get(self, variable, default)

    def keys(self):
        return _t.Context_keys(self)

    def values(self):
        return _t.Context_values(self)

    def items(self):
        return _t.Context_items(self)

    def __getitem__(self, variable):
        return _t.Context_getitem(self, variable)

    def __contains__(self, variable):
        return _t.Context_contains(self, variable)

    def __len__(self):
        return _t.Context_count(self)

    def __iter__(self):
        return iter(_t.Context_keys(self))

    def __eq__(self, other):
        return _t.Context_equals(self, other) if isinstance(other, Context) else NotImplemented


def copy_context():
    return _t.Context_copy_current()


classes.update(ContextVar=ContextVar, Token=Token, Context=Context)
