namespace Telar.CPython.Hosting;

/// <summary>Arguments of a Python function by their names. Needs the GIL.</summary>
internal sealed class Keywords(PyObject dictionary)
{
    /// <summary>The value under a name; the type's default when it is None or there is none.</summary>
    public T? Get<T>(string name) => Find(name) is nint value && value != 0 ? Argument.To<T>(value) : default;

    /// <summary>The elements of a tuple, each of them converted; null when it is None or there is none.</summary>
    public T[]? Many<T>(string name, Func<PyObject, T> convert) =>
        Find(name) is nint value && value != 0 ? Array.ConvertAll(Argument.Many<PyObject>(value), item => convert(item)) : null;

    /// <summary>The object under a name; null when it is None or there is none.</summary>
    public PyObject? Object(string name) => Find(name) is nint value && value != 0 ? PyObject.Borrow(value) : null;

    private nint Find(string name)
    {
        nint value = Python.PyDict_GetItemString(dictionary.Pointer, name);
        return value == Python.None ? 0 : value;
    }
}
