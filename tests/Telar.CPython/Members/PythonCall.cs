using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

/// <summary>A function of Python with its arguments: what our classes know as an <see cref="Action"/>.</summary>
internal sealed record PythonCall(PyObject Function, PyObject Arguments, PyObject Keywords)
{
    public void Invoke() => Function.CallWith(Arguments, Keywords);
}
