namespace Telar.CPython.Hosting;

/// <summary>An exception of Python on its way through our code; Python gets the same object back.</summary>
internal sealed class PythonException : Exception
{
    // The message is the last line of Python's own report.
    private PythonException(PyObject value)
        : base($"{value.Attribute("__class__").Attribute("__name__").To<string>()}: {value.CallMethod("__str__").To<string>()}") => Value = value;

    public PyObject Value { get; }

    /// <summary>Needs the GIL.</summary>
    public bool IsSystemExit => Python.PyErr_GivenExceptionMatches(Value.Pointer, Python.ExceptionType("SystemExit")) != 0;

    /// <summary>Makes an object of an exception that nobody has raised. Needs no GIL.</summary>
    public static PythonException Of(PyObject value) => new(value);

    /// <summary>Takes the exception that the interpreter has set for this thread. Needs the GIL.</summary>
    public static PythonException Fetch()
    {
        Python.PyErr_Fetch(out nint type, out nint value, out nint traceback);
        Python.PyErr_NormalizeException(ref type, ref value, ref traceback);
        if (traceback != 0)
        {
            _ = Python.PyException_SetTraceback(value, traceback);
            Python.Py_DecRef(traceback);
        }

        Python.Py_DecRef(type);
        return new PythonException(PyObject.Own(value));
    }
}
