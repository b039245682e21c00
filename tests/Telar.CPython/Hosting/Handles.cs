using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar.CPython.Hosting;

/// <summary>The pairs of a Telar object and the Python object of the shim that stands for it. All of it needs the GIL.</summary>
/// <remarks>
/// The Python object owns ours, through a capsule in its slot <c>_native</c>; ours knows the Python object by a weak reference. So both
/// go when Python drops its own.
/// </remarks>
internal static unsafe class Handles
{
    private static readonly nint s_slot = Python.PyUnicode_InternFromString("_native");
    private static readonly ConditionalWeakTable<object, PyObject> s_wrappers = [];

    /// <summary>Python's dictionary from the name of a Telar type to the class of the shim, for objects that we make.</summary>
    public static nint Classes { get; set; }

    public static void Adopt(nint wrapper, object native)
    {
        nint capsule = Python.PyCapsule_New(GCHandle.ToIntPtr(GCHandle.Alloc(native)), 0, &Free);
        PyObject owned = PyObject.Own(capsule);
        if (Python.PyObject_GenericSetAttr(wrapper, s_slot, owned.Pointer) != 0)
        {
            throw PythonException.Fetch();
        }

        s_wrappers.AddOrUpdate(native, PyObject.Own(Python.PyWeakref_NewRef(wrapper, 0)));
    }

    public static object? Native(nint wrapper, Type expected)
    {
        if (wrapper == Python.None)
        {
            return null;
        }

        nint capsule = Python.PyObject_GenericGetAttr(wrapper, s_slot);
        if (capsule == 0)
        {
            Python.PyErr_Clear();
            throw new InvalidCastException(
                $"a {Name(expected)} was expected, not {PyObject.Borrow(wrapper)}; a subclass must call the __init__ of its base");
        }

        object? native = GCHandle.FromIntPtr(Python.PyCapsule_GetPointer(capsule, 0)).Target;
        Python.Py_DecRef(capsule);
        return expected.IsInstanceOfType(native)
            ? native
            : throw new InvalidCastException($"a {Name(expected)} was expected, not {PyObject.Borrow(wrapper)}");
    }

    /// <summary>The Python object that stands for ours; a new one of the registered class when there is none.</summary>
    public static PyObject Wrapper(object native)
    {
        if (s_wrappers.TryGetValue(native, out PyObject? weak) && weak.Call() is { IsNone: false } wrapper)
        {
            return wrapper;
        }

        for (Type? type = native.GetType(); type is not null; type = type.BaseType)
        {
            nint known = Python.PyDict_GetItemString(Classes, Name(type));
            if (known != 0)
            {
                PyObject made = PyObject.Borrow(known);
                made = made.CallMethod("__new__", made);
                Adopt(made.Pointer, native);
                return made;
            }
        }

        throw new InvalidCastException($"the shim has no class for {native.GetType()}");
    }

    public static string Name(Type type) => type.Name.Split('`')[0];

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint capsule) => GCHandle.FromIntPtr(Python.PyCapsule_GetPointer(capsule, 0)).Free();
}
