namespace Census.Running;

using System.Diagnostics;
using System.Runtime.CompilerServices;
using Census.Analysis;

/// <summary>Reads one file after the other in this process: what the others are measured against.</summary>
internal sealed class SequentialCensus(int top) : ICensusRunner
{
    private readonly Stopwatch _clock = new();
    private volatile Lane _lane = new() { Name = "this process", ProcessId = Environment.ProcessId, IsReady = true };

    public string Description => "one process";

    public RunStatistics Statistics
    {
        get
        {
            using var me = Process.GetCurrentProcess();
            return new RunStatistics
            {
                Lanes = [_lane with { DoingFor = _clock.Elapsed }],
                PeakMemory = me.PeakWorkingSet64,
            };
        }
    }

    public async IAsyncEnumerable<FileCensus> ReadAsync(
        IReadOnlyList<AssemblyFile> files, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (AssemblyFile file in files)
        {
            _clock.Restart();
            _lane = _lane with { Doing = file.Name };

            // Ctrl-C does not wait for a large file: the reading is left behind and ends with the process.
            Task<FileCensus> reading = Task.Run(() => Assemblies.Read(file.Path, top), cancellationToken);
            FileCensus one = await reading.WaitAsync(cancellationToken);
            _lane = _lane with { Done = _lane.Done + 1, Working = _lane.Working + one.Elapsed };
            yield return one;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
