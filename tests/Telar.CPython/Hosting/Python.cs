using System.Runtime.InteropServices;

namespace Telar.CPython.Hosting;

/// <summary>The functions of the interpreter that hosts this process. Names and rules are those of CPython's C API.</summary>
internal static unsafe partial class Python
{
    private const string Host = "python";

    /// <summary><c>METH_FASTCALL</c>: a function that gets its arguments as an array.</summary>
    public const int FastCall = 0x0080;

    /// <summary><c>Py_LT</c>.</summary>
    public const int LessThan = 0;

    /// <summary><c>Py_EQ</c>.</summary>
    public const int Equal = 2;

    // The functions are those of the program that loaded us, whether it links libpython or contains it.
    static Python() => NativeLibrary.SetDllImportResolver(
        typeof(Python).Assembly, static (name, _, _) => name == Host ? NativeLibrary.GetMainProgramHandle() : 0);

    public static nint None { get; } = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "_Py_NoneStruct");

    /// <summary>The type <c>str</c>. Borrowed.</summary>
    public static nint TextType { get; } = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "PyUnicode_Type");

    /// <summary>One of the interpreter's own exception types, such as <c>ValueError</c>. Borrowed.</summary>
    public static nint ExceptionType(string name) =>
        Marshal.ReadIntPtr(NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "PyExc_" + name));

    [LibraryImport(Host)]
    public static partial void Py_IncRef(nint value);

    [LibraryImport(Host)]
    public static partial void Py_DecRef(nint value);

    [LibraryImport(Host)]
    public static partial int PyGILState_Ensure();

    [LibraryImport(Host)]
    public static partial void PyGILState_Release(int state);

    [LibraryImport(Host)]
    public static partial nint PyEval_SaveThread();

    [LibraryImport(Host)]
    public static partial void PyEval_RestoreThread(nint state);

    [LibraryImport(Host)]
    public static partial nint PyErr_Occurred();

    [LibraryImport(Host)]
    public static partial void PyErr_Clear();

    [LibraryImport(Host)]
    public static partial void PyErr_SetObject(nint type, nint value);

    [LibraryImport(Host)]
    public static partial void PyErr_Fetch(out nint type, out nint value, out nint traceback);

    [LibraryImport(Host)]
    public static partial void PyErr_NormalizeException(ref nint type, ref nint value, ref nint traceback);

    [LibraryImport(Host)]
    public static partial int PyErr_GivenExceptionMatches(nint exception, nint type);

    [LibraryImport(Host)]
    public static partial int PyException_SetTraceback(nint exception, nint traceback);

    [LibraryImport(Host)]
    public static partial nint PyObject_Type(nint value);

    [LibraryImport(Host)]
    public static partial int PyObject_IsInstance(nint value, nint type);

    [LibraryImport(Host)]
    public static partial nint PyObject_Call(nint callable, nint arguments, nint keywords);

    [LibraryImport(Host, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint PyObject_GetAttrString(nint value, string name);

    [LibraryImport(Host)]
    public static partial nint PyObject_GenericGetAttr(nint value, nint name);

    [LibraryImport(Host)]
    public static partial int PyObject_GenericSetAttr(nint value, nint name, nint attribute);

    [LibraryImport(Host)]
    public static partial int PyObject_RichCompareBool(nint left, nint right, int operation);

    [LibraryImport(Host)]
    public static partial int PyObject_IsTrue(nint value);

    [LibraryImport(Host)]
    public static partial nint PyObject_Repr(nint value);

    [LibraryImport(Host)]
    public static partial nint PyBool_FromLong(nint value);

    [LibraryImport(Host)]
    public static partial long PyLong_AsLongLong(nint value);

    [LibraryImport(Host)]
    public static partial nint PyLong_FromLongLong(long value);

    [LibraryImport(Host)]
    public static partial double PyFloat_AsDouble(nint value);

    [LibraryImport(Host)]
    public static partial nint PyFloat_FromDouble(double value);

    [LibraryImport(Host)]
    public static partial byte* PyUnicode_AsUTF8AndSize(nint value, out nint size);

    [LibraryImport(Host, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint PyUnicode_AsEncodedString(nint value, string encoding, string errors);

    [LibraryImport(Host, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint PyUnicode_DecodeUTF16(char* value, nint size, string errors, ref int byteOrder);

    [LibraryImport(Host)]
    public static partial int PyBytes_AsStringAndSize(nint value, out byte* start, out nint size);

    [LibraryImport(Host)]
    public static partial nint PyBytes_FromStringAndSize(byte* value, nint size);

    [LibraryImport(Host, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint PyUnicode_InternFromString(string value);

    [LibraryImport(Host)]
    public static partial nint PyTuple_New(nint length);

    [LibraryImport(Host)]
    public static partial nint PyTuple_Size(nint tuple);

    /// <summary>Takes the reference to <paramref name="item"/> over.</summary>
    [LibraryImport(Host)]
    public static partial int PyTuple_SetItem(nint tuple, nint index, nint item);

    /// <summary>Borrowed; an exception is set when it is no tuple.</summary>
    [LibraryImport(Host)]
    public static partial nint PyTuple_GetItem(nint tuple, nint index);

    [LibraryImport(Host)]
    public static partial nint PyDict_New();

    /// <summary>Borrowed; 0 and no error when there is none.</summary>
    [LibraryImport(Host, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint PyDict_GetItemString(nint dictionary, string key);

    [LibraryImport(Host, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int PyDict_SetItemString(nint dictionary, string key, nint value);

    [LibraryImport(Host)]
    public static partial nint PyWeakref_NewRef(nint value, nint callback);

    [LibraryImport(Host)]
    public static partial nint PyCapsule_New(nint pointer, nint name, delegate* unmanaged[Cdecl]<nint, void> destructor);

    [LibraryImport(Host)]
    public static partial nint PyCapsule_GetPointer(nint capsule, nint name);

    [LibraryImport(Host)]
    public static partial nint PyCFunction_NewEx(nint definition, nint self, nint module);
}
