using System.Runtime.InteropServices;
using System.Text;
using Telar.Concurrent.Futures;

namespace Telar.CPython.Hosting;

/// <summary>Makes what a member of ours wants from what Python passes. All of it needs the GIL.</summary>
internal static unsafe class Argument
{
    public static T To<T>(nint value) => Converter<T>.Convert(value);

    public static string Text(nint value)
    {
        byte* bytes = Python.PyUnicode_AsUTF8AndSize(value, out nint size);
        if (bytes is not null)
        {
            return Encoding.UTF8.GetString(bytes, (int)size);
        }

        // A surrogate without its other half stays what it is: Python writes undecodable bytes so, and we do.
        Python.PyErr_Clear();
        nint halves = Python.PyUnicode_AsEncodedString(value, "utf-16-le", "surrogatepass");
        if (halves == 0)
        {
            Python.PyErr_Clear();
            throw new InvalidCastException($"a str was expected, not {PyObject.Borrow(value)}");
        }

        PyObject encoded = PyObject.Own(halves);
        return MemoryMarshal.Cast<byte, char>(Bytes(encoded.Pointer)).ToString();
    }

    /// <summary>The elements of a tuple.</summary>
    public static T[] Many<T>(nint tuple)
    {
        var items = new T[Length(tuple)];
        for (int index = 0; index < items.Length; index++)
        {
            items[index] = To<T>(Python.PyTuple_GetItem(tuple, index));
        }

        return items;
    }

    private static byte[] Bytes(nint value) => Python.PyBytes_AsStringAndSize(value, out byte* start, out nint size) == 0
        ? new ReadOnlySpan<byte>(start, (int)size).ToArray()
        : throw PythonException.Fetch();

    private static int Length(nint tuple)
    {
        nint length = Python.PyTuple_Size(tuple);
        return length >= 0 ? (int)length : throw PythonException.Fetch();
    }

    private static long Integer(nint value)
    {
        long number = Python.PyLong_AsLongLong(value);
        return number == -1 && Python.PyErr_Occurred() != 0 ? throw PythonException.Fetch() : number;
    }

    private static double Number(nint value)
    {
        double number = Python.PyFloat_AsDouble(value);
        return number == -1 && Python.PyErr_Occurred() != 0 ? throw PythonException.Fetch() : number;
    }

    // Rounded up to a tick, so that a wait is never shorter than the one asked for. Too long a time is an OverflowException.
    private static TimeSpan? Seconds(nint value)
    {
        if (value == Python.None)
        {
            return null;
        }

        double seconds = Number(value);
        return seconds == TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.MaxValue
            : TimeSpan.FromTicks(checked((long)Math.Ceiling(seconds * TimeSpan.TicksPerSecond)));
    }

    private static string? TextOrNull(nint value) => value == Python.None ? null : Text(value);

    private static bool? TruthOrNull(nint value) => value == Python.None ? null : Truth(value);

    private static bool Truth(nint value)
    {
        int answer = Python.PyObject_IsTrue(value);
        return answer >= 0 ? answer != 0 : throw PythonException.Fetch();
    }

    private static class Converter<T>
    {
        public static readonly Func<nint, T> Convert = (Func<nint, T>)Choose();

        private static Delegate Choose() => typeof(T) switch
        {
            var type when type == typeof(PyObject) => (Func<nint, PyObject>)PyObject.Borrow,
            var type when type == typeof(bool) => (Func<nint, bool>)Truth,
            var type when type == typeof(bool?) => (Func<nint, bool?>)TruthOrNull,
            var type when type == typeof(int) => (Func<nint, int>)(value => (int)Math.Clamp(Integer(value), int.MinValue, int.MaxValue)),
            var type when type == typeof(long) => (Func<nint, long>)Integer,
            var type when type == typeof(double) => (Func<nint, double>)Number,
            var type when type == typeof(long?) => (Func<nint, long?>)(value => value == Python.None ? null : Integer(value)),
            var type when type == typeof(byte[]) => (Func<nint, byte[]>)Bytes,
            var type when type == typeof(string[]) => (Func<nint, string[]>)Many<string>,
            var type when type == typeof(int[]) => (Func<nint, int[]>)Many<int>,
            var type when type == typeof(PyObject[]) => (Func<nint, PyObject[]>)Many<PyObject>,
            var type when type == typeof(Future[]) => (Func<nint, Future[]>)Many<Future>,
            var type when type == typeof(string) => (Func<nint, string?>)TextOrNull,
            var type when type == typeof(TimeSpan?) => (Func<nint, TimeSpan?>)Seconds,
            var type when type == typeof(TimeSpan) => (Func<nint, TimeSpan>)(value => Seconds(value) ?? Timeout.InfiniteTimeSpan),
            _ => (Func<nint, T>)(value => (T)Handles.Native(value, typeof(T))!),
        };
    }
}
