namespace Telar.CPython.Hosting;

/// <summary>Makes what Python gets from what a member of ours returns: a new reference. Needs the GIL.</summary>
internal static unsafe class Result
{
    public static nint None()
    {
        Python.Py_IncRef(Python.None);
        return Python.None;
    }

    public static nint Of<T>(T value)
    {
        switch (value)
        {
            case null:
                return None();
            case PyObject held:
                Python.Py_IncRef(held.Pointer);
                GC.KeepAlive(held);
                return held.Pointer;
            case bool truth:
                return Python.PyBool_FromLong(truth ? 1 : 0);
            case int number:
                return Python.PyLong_FromLongLong(number);
            case long number:
                return Python.PyLong_FromLongLong(number);
            case double number:
                return Python.PyFloat_FromDouble(number);
            case TimeSpan time:
                return Python.PyFloat_FromDouble(time.TotalSeconds);
            case string text:
                return OfText(text);
            case ReadOnlyMemory<byte> bytes:
                return OfBytes(bytes.Span);
            case object?[] items:
                return OfMany(items);
            default:
                return Of(Handles.Wrapper(value));
        }
    }

    // A surrogate without its other half stays what it is, as it does on the way in.
    private static nint OfText(string text)
    {
        int littleEndian = -1;
        fixed (char* start = text)
        {
            return Python.PyUnicode_DecodeUTF16(start, sizeof(char) * text.Length, "surrogatepass", ref littleEndian);
        }
    }

    private static nint OfBytes(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Python.PyBytes_FromStringAndSize(start, bytes.Length);
        }
    }

    private static nint OfMany(object?[] items)
    {
        nint tuple = Python.PyTuple_New(items.Length);
        for (int index = 0; index < items.Length; index++)
        {
            _ = Python.PyTuple_SetItem(tuple, index, Of(items[index]));
        }

        return tuple;
    }
}
