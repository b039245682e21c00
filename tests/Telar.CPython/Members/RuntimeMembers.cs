using System.Runtime.CompilerServices;
using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

/// <summary>What the bridge itself needs.</summary>
internal static class RuntimeMembers
{
    public static void AddTo(MemberTable members)
    {
        members.Add("Runtime_collect", Collect);

        members.Add("Runtime_is_sealed", (string type) => typeof(Telar.Threading.LockScope).Assembly.GetType(type, true)!.IsSealed);
        members.Add("Runtime_calls", () => Entry.Calls);

        // For bridge.py: values, exceptions and a callback through the border and back.
        members.Add("Runtime_call", (PyObject function, PyObject argument) => function.Call(argument));
        members.Add("Runtime_text", (string text) => text);
        members.Add("Runtime_texts", (string[] texts) => texts);
        members.Add("Runtime_bytes", (byte[] bytes) => (ReadOnlyMemory<byte>)bytes);
        members.Add("Runtime_missing", (string path) => throw new FileNotFoundException("There is no such file.", path));
        members.New("Runtime_box_new", (PyObject value) => new StrongBox<PyObject>(value));
        members.Add("Runtime_box_value", (StrongBox<PyObject> box) => box.Value!); // made above
    }

    // Twice: objects with a finalizer go one collection after the one that found them.
    private static void Collect()
    {
        for (int round = 0; round < 2; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
