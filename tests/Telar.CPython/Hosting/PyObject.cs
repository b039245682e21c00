using System.Collections.Concurrent;

namespace Telar.CPython.Hosting;

/// <summary>A Python object, kept alive for as long as this object is.</summary>
/// <remarks>
/// This is the <c>T</c> of the queues, variables and locals that the upstream tests fill. Nothing but the collector of .NET ends its
/// hold: a test that asks whether a queue lets go of its items asks our queue, not this class.
/// </remarks>
internal sealed class PyObject
{
    // The finalizer's thread must not wait for the interpreter: whoever holds its lock next, drops these.
    private static readonly ConcurrentQueue<nint> s_dropped = new();

    private PyObject(nint pointer) => Pointer = pointer;

    ~PyObject() => s_dropped.Enqueue(Pointer);

    /// <summary>Borrowed: valid while this object is alive.</summary>
    public nint Pointer { get; }

    public bool IsNone => Pointer == Python.None;

    /// <summary>Whether it is a <c>str</c>. Needs the GIL.</summary>
    public bool IsText => Python.PyObject_IsInstance(Pointer, Python.TextType) > 0;

    /// <summary>Needs the GIL.</summary>
    public static PyObject Borrow(nint pointer)
    {
        Python.Py_IncRef(pointer);
        return new PyObject(pointer);
    }

    /// <summary>Takes over the reference that a function of the C API returned; 0 is its exception. Needs the GIL.</summary>
    public static PyObject Own(nint pointer) => pointer == 0 ? throw PythonException.Fetch() : new PyObject(pointer);

    /// <summary>Makes a Python object of a value.</summary>
    public static PyObject Of<T>(T value)
    {
        using (Gil.Ensure())
        {
            return Own(Result.Of(value));
        }
    }

    /// <summary>Needs the GIL.</summary>
    public static void ReleaseDropped()
    {
        while (s_dropped.TryDequeue(out nint pointer))
        {
            Python.Py_DecRef(pointer);
        }
    }

    /// <summary>Calls it; an exception of Python comes out as a <see cref="PythonException"/>.</summary>
    public PyObject Call(params ReadOnlySpan<PyObject> arguments)
    {
        using (Gil.Ensure())
        {
            PyObject tuple = Tuple(arguments);
            return CallWith(tuple, null);
        }
    }

    /// <summary>Calls it with a tuple and a dictionary.</summary>
    public PyObject CallWith(PyObject arguments, PyObject? keywords)
    {
        using (Gil.Ensure())
        {
            PyObject result = Own(Python.PyObject_Call(Pointer, arguments.Pointer, keywords?.Pointer ?? 0));
            GC.KeepAlive(this);
            GC.KeepAlive(arguments);
            GC.KeepAlive(keywords);
            return result;
        }
    }

    public PyObject CallMethod(string name, params ReadOnlySpan<PyObject> arguments)
    {
        using (Gil.Ensure())
        {
            return Attribute(name).Call(arguments);
        }
    }

    public PyObject Attribute(string name)
    {
        using (Gil.Ensure())
        {
            PyObject attribute = Own(Python.PyObject_GetAttrString(Pointer, name));
            GC.KeepAlive(this);
            return attribute;
        }
    }

    /// <summary>What <c>bool</c> says of it.</summary>
    public bool IsTrue() => To<bool>();

    public double ToDouble() => To<double>();

    public T To<T>()
    {
        using (Gil.Ensure())
        {
            T value = Argument.To<T>(Pointer);
            GC.KeepAlive(this);
            return value;
        }
    }

    /// <summary>What <c>&lt;</c> says of it and another one.</summary>
    public bool IsLessThan(PyObject other) => Compare(other, Python.LessThan);

    /// <summary>What <c>==</c> says.</summary>
    public override bool Equals(object? obj) => obj is PyObject other && Compare(other, Python.Equal);

    public override int GetHashCode() => throw new NotSupportedException("A Python object is no key here.");

    /// <summary>What <c>repr</c> says.</summary>
    public override string ToString()
    {
        using (Gil.Ensure())
        {
            PyObject text = Own(Python.PyObject_Repr(Pointer));
            GC.KeepAlive(this);
            return Argument.Text(text.Pointer);
        }
    }

    private bool Compare(PyObject other, int operation)
    {
        using (Gil.Ensure())
        {
            int answer = Python.PyObject_RichCompareBool(Pointer, other.Pointer, operation);
            GC.KeepAlive(this);
            GC.KeepAlive(other);
            return answer >= 0 ? answer != 0 : throw PythonException.Fetch();
        }
    }

    private static PyObject Tuple(ReadOnlySpan<PyObject> items)
    {
        nint tuple = Python.PyTuple_New(items.Length);
        for (int index = 0; index < items.Length; index++)
        {
            Python.Py_IncRef(items[index].Pointer);
            _ = Python.PyTuple_SetItem(tuple, index, items[index].Pointer);
        }

        return Own(tuple);
    }
}
