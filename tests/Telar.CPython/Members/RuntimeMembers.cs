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

        // For the smoke test: a value, an exception and a callback through the border and back.
        members.Add("Runtime_call", (PyObject function, PyObject argument) => function.Call(argument));
        members.New("Runtime_box_new", (PyObject value) => new PyObject[] { value });
        members.Add("Runtime_box_value", (PyObject[] box) => box[0]);
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
