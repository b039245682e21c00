using System.Globalization;
using System.Text;
using Telar.Internal.Waiting;

namespace Telar.Internal.Diagnostics;

/// <summary>Writes for a reader what the threads of a process do: where they stand, in managed code and in the system.</summary>
internal static class ProcessReport
{
    private const int MostFrames = 60;

    /// <summary>Appends the report.</summary>
    /// <param name="text">Takes it.</param>
    /// <param name="processId">The process.</param>
    /// <param name="deadline">When to do without the stacks.</param>
    public static void Append(StringBuilder text, int processId, WaitDeadline deadline)
    {
        List<NativeThread> threads = NativeThread.Of(processId);
        Dictionary<long, string[]> stacks = [];
        string reason = "";
        try
        {
            stacks = ManagedStacks.Take(processId, deadline);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            reason = $" without managed stacks: {exception.Message}";
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"  Threads: {Math.Max(threads.Count, stacks.Count)}{reason}");
        foreach (NativeThread thread in threads)
        {
            Append(text, thread);
            Append(text, stacks.GetValueOrDefault(thread.Id, []));
            _ = stacks.Remove(thread.Id);
        }

        // Where the system tells nothing of threads.
        foreach ((long id, string[] methods) in stacks)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  - thread {id}");
            Append(text, methods);
        }
    }

    private static void Append(StringBuilder text, NativeThread thread)
    {
        string place = thread.WaitsIn.Length == 0 ? "" : $" in {thread.WaitsIn}";
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  - thread {thread.Id} '{thread.Name}': {thread.State}{place}, {thread.ProcessorTime.TotalSeconds:0.00} s of processor time");
    }

    private static void Append(StringBuilder text, string[] methods)
    {
        foreach (string method in methods.Take(MostFrames))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"      at {method}");
        }

        if (methods.Length > MostFrames)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"      and {methods.Length - MostFrames} more");
        }
    }
}
