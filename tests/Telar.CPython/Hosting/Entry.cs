using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Telar.CPython.Members;

namespace Telar.CPython.Hosting;

/// <summary>Where Python comes in.</summary>
internal static unsafe class Entry
{
    private static readonly MemberTable s_members = AllMembers.Table();
    private static nint s_exceptions;

    /// <summary>How often Python called a member: a test that leaves it as it was has not tested anything of ours.</summary>
    public static long Calls { get; private set; }

    /// <summary>Called once by shim/_telar.py, with the GIL: returns a dictionary of the members, as builtin functions.</summary>
    /// <param name="exceptions">
    /// From the names of our exceptions, looked up along the base types, to tuples of Python's exception and a text to put before ours;
    /// None instead of the text: Python's exception gets ours as its argument, as an object of the shim.
    /// </param>
    /// <param name="classes">See <see cref="Handles.Classes"/>.</param>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static nint Start(nint exceptions, nint classes)
    {
        try
        {
            Python.Py_IncRef(exceptions);
            Python.Py_IncRef(classes);
            (s_exceptions, Handles.Classes) = (exceptions, classes);
            nint members = Python.PyDict_New();
            for (int index = 0; index < s_members.Count; index++)
            {
                string name = s_members[index].Name;
                nint self = Python.PyLong_FromLongLong(index);
                _ = Python.PyDict_SetItemString(members, name, Python.PyCFunction_NewEx((nint)Definition(name), self, 0));
            }

            return members;
        }
        catch (Exception exception)
        {
            return Raise(exception, "");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Call(nint self, nint* arguments, nint count)
    {
        (string name, int arity, MemberTable.Body body) = s_members[(int)Python.PyLong_AsLongLong(self)];
        Calls++; // under the GIL
        try
        {
            if (count != arity)
            {
                throw new InvalidCastException($"{name} takes exactly {arity} argument{(arity == 1 ? "" : "s")} ({count} given)");
            }

            nint result = body(new ReadOnlySpan<nint>(arguments, (int)count));
            PyObject.ReleaseDropped();
            return result;
        }
        catch (Exception exception)
        {
            return Raise(exception, name);
        }
    }

    private static nint Raise(Exception exception, string member)
    {
        if (exception is PythonException { Value.Pointer: var value })
        {
            nint type = Python.PyObject_Type(value);
            Python.PyErr_SetObject(type, value);
            Python.Py_DecRef(type);
            GC.KeepAlive(exception);
            return 0;
        }

        nint row = Row(exception, member);
        nint known = row == 0 ? Python.ExceptionType("SystemError") : Python.PyTuple_GetItem(row, 0);
        nint content = row == 0 ? Result.Of(exception.ToString()) : ValueOf(exception, Python.PyTuple_GetItem(row, 1));
        Python.PyErr_SetObject(known, content);
        Python.Py_DecRef(content);
        return 0;
    }

    // What Python's exception is made of: our text after the row's; or, when the row has None, the exception itself.
    private static nint ValueOf(Exception exception, nint prefix) =>
        exception is IOException or UnauthorizedAccessException ? Result.Of(SystemFault.Of(exception))
        : prefix == Python.None ? Result.Of(exception)
        : Result.Of(Argument.Text(prefix) + exception.Message);

    // A row such as 'Queue_task_done:InvalidOperationException' comes before one for the exception alone. Borrowed.
    private static nint Row(Exception exception, string member)
    {
        for (Type? type = exception.GetType(); type is not null; type = type.BaseType)
        {
            nint row = Python.PyDict_GetItemString(s_exceptions, member + ":" + type.Name);
            row = row != 0 ? row : Python.PyDict_GetItemString(s_exceptions, type.Name);
            if (row != 0)
            {
                return row;
            }
        }

        return 0;
    }

    // PyMethodDef, which lives as long as the process.
    private static nint* Definition(string name)
    {
        nint* definition = (nint*)NativeMemory.AllocZeroed(4, (nuint)sizeof(nint));
        definition[0] = Marshal.StringToCoTaskMemUTF8(name);
        definition[1] = (nint)(delegate* unmanaged[Cdecl]<nint, nint*, nint, nint>)&Call;
        definition[2] = Python.FastCall;
        return definition;
    }
}
