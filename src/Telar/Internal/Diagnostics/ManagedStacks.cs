using Telar.Internal.Waiting;

namespace Telar.Internal.Diagnostics;

// Locks
//   s_own is held by the one who takes the stacks of this process, at most until his deadline. No code of users runs under it, but for a
//   finalizer that is running already and is waited for (FinalizerHold).

/// <summary>The managed stacks of all threads of a .NET process, this one included, without a debugger and without stopping it for long.</summary>
/// <remarks>
/// The runtime's own sampler walks them; it sees running and waiting threads. It needs 0.2 s in a process that is quiet, and longer where
/// the processors are busy. What an <see langword="await"/> waits for is on no stack. A process that takes down load contexts at the very
/// moment in which another one takes its stacks may end by a fault of the runtime; of itself a process takes them safely
/// (<see cref="FinalizerHold"/>).
/// </remarks>
internal static class ManagedStacks
{
    private const string Sampler = "Microsoft-DotNETCore-SampleProfiler";
    private const string Rundown = "Microsoft-Windows-DotNETRuntimeRundown";
    private const int MethodEvent = 144;

    private static readonly Lock s_own = new();

    /// <summary>Takes them.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>For each thread with managed code on its stack, by the system's number, its methods: the innermost first.</returns>
    /// <exception cref="IOException">The process has no diagnostic port, or did not answer in time.</exception>
    /// <exception cref="InvalidDataException">What it answered is no trace.</exception>
    public static Dictionary<long, string[]> Take(int processId, WaitDeadline deadline)
    {
        byte[] trace = processId == Environment.ProcessId ? SampleThisProcess(deadline) : DiagnosticPort.SampleStacks(processId, deadline);
        Dictionary<long, long[]> last = [];
        MethodNames names = new();
        new NettraceReader(trace).Read((provider, number, thread, stack, content) =>
        {
            if (provider == Sampler && stack.Length > 0)
            {
                last[thread] = stack;
            }
            else if (provider == Rundown && number == MethodEvent)
            {
                names.Add(content);
            }
        });
        return last.ToDictionary(
            static sample => sample.Key,
            sample => sample.Value.Select(names.Find).OfType<string>().ToArray());
    }

    private static byte[] SampleThisProcess(WaitDeadline deadline)
    {
        lock (s_own)
        {
            using FinalizerHold hold = FinalizerHold.Begin(deadline);
            return DiagnosticPort.SampleStacks(Environment.ProcessId, deadline);
        }
    }
}
