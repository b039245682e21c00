using System.Diagnostics;
using System.Globalization;
using Telar.Multiprocessing;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Telar.Specs.Support;

/// <summary>A test that starts processes: it fails when it leaves anything behind.</summary>
/// <remarks>Children, names in /dev/shm, descriptors and the library's threads are counted before and after.</remarks>
public abstract class ProcessSpec : IAsyncLifetime
{
    private readonly HashSet<int> _childrenBefore = [];
    private HashSet<string> _sharedBefore = [];
    private int _descriptorsBefore;
    private int _poolThreadsBefore;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // The first child of a process makes threads and descriptors that stay: they are not the test's.
        await WarmUp.Done;
        _childrenBefore.UnionWith(Processes.ChildrenOf(Environment.ProcessId));
        _sharedBefore = SharedNames();
        _descriptorsBefore = Descriptors();
        _poolThreadsBefore = PoolThreads();
    }

    public async ValueTask DisposeAsync()
    {
        ForkServer.Stop();
        GC.SuppressFinalize(this);
        await Eventually.Holds(
            () => Processes.ChildrenOf(Environment.ProcessId).All(_childrenBefore.Contains),
            () => "Children were left: " + string.Join(", ", Processes.ChildrenOf(Environment.ProcessId).Except(_childrenBefore).Select(Processes.Describe)));
        await Eventually.Holds(
            () => SharedNames().IsSubsetOf(_sharedBefore),
            () => "Names were left in /dev/shm: " + string.Join(", ", SharedNames().Except(_sharedBefore)));
        await Eventually.Holds(
            () => PoolThreads() <= _poolThreadsBefore,
            () => $"{PoolThreads() - _poolThreadsBefore} threads of pools were left.");
        await Eventually.Holds(
            () => Descriptors() <= _descriptorsBefore,
            () => $"{Descriptors()} descriptors are open, {_descriptorsBefore} were: {string.Join(", ", Processes.OpenDescriptors())}");
    }

    private static int Descriptors() => Processes.OpenDescriptors().Count;

    private static HashSet<string> SharedNames() => [.. Directory.GetFiles("/dev/shm").Where(static name => name.Contains("telar", StringComparison.Ordinal))];

    private static int PoolThreads() => Directory.GetDirectories("/proc/self/task")
        .Count(static task => File.Exists($"{task}/comm") && ReadOrEmpty($"{task}/comm").StartsWith("telar pool", StringComparison.Ordinal));

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static class WarmUp
    {
        public static Task Done { get; } = RunAsync();

        private static async Task RunAsync()
        {
            await using Telar.Concurrent.Futures.ProcessPoolExecutor pool = new(1);
            await pool.Submit(static () => 0);
            using Process process = Process.Start(new ProcessStartInfo("/bin/true") { RedirectStandardOutput = true })
                ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"/bin/true did not start"));
            await process.WaitForExitAsync();
            (Connection first, Connection second) = Pipe.Create();
            using (first)
            using (second)
            {
                _ = first.Poll(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            }
        }
    }
}
