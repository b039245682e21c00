using Telar.Internal.Processes;

namespace Telar.Tests.Internal.Processes;

/// <summary>
/// The open descriptors of this process with what each leads to, so that a leak is told from what other parts of the process
/// (the test runner, the runtime, a late close by a finalizer) open and close meanwhile.
/// </summary>
internal sealed class DescriptorCount
{
    private readonly Dictionary<int, string> _open;

    private DescriptorCount(Dictionary<int, string> open) => _open = open;

    /// <summary>What is open now, after what waits for a finalizer is closed.</summary>
    internal static DescriptorCount Take()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new DescriptorCount(Now());
    }

    /// <summary>
    /// Fails when a descriptor of the kinds that starts use (pipes, pidfds, terminals, files of /proc and /dev) is open that was
    /// not before; it names them. A leak is there for good: what goes away while this looks again is none.
    /// </summary>
    internal void AssertNoMore()
    {
        List<string> appeared = [];
        for (int look = 0; look < 50; look++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            appeared = [.. Now().Where(item => IsOfStarts(item.Value) && _open.GetValueOrDefault(item.Key) != item.Value)
                .Select(static item => $"{item.Key} -> {item.Value}")];
            if (appeared.Count == 0)
            {
                return;
            }

            _ = Thread.Yield();
        }

        Assert.Fail($"{appeared.Count} descriptors are open that were not: {string.Join(", ", appeared.Take(20))}");
    }

    private static bool IsOfStarts(string target) =>
        target.StartsWith("pipe:", StringComparison.Ordinal)
        || target.StartsWith("anon_inode:[pidfd]", StringComparison.Ordinal)
        || target.StartsWith("pidfd:", StringComparison.Ordinal)
        || target.StartsWith("/memfd:telar-exec", StringComparison.Ordinal)
        || target.StartsWith("/dev/", StringComparison.Ordinal)
        || target.StartsWith("/proc/", StringComparison.Ordinal);

    private static Dictionary<int, string> Now()
    {
        var open = new Dictionary<int, string>();
        foreach (int number in ProcFile.NumbersIn("/proc/self/fd"))
        {
            // None when it is closed by now, as that of this very listing is.
            if (new FileInfo($"/proc/self/fd/{number}").LinkTarget is string target)
            {
                open[number] = target;
            }
        }

        return open;
    }
}
