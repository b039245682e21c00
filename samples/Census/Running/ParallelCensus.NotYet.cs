namespace Census.Running;

using Census.Analysis;

internal sealed class ParallelCensus : ICensusRunner
{
    public ParallelCensus(int workers, int retries, int top) =>
        throw new UsageException("This build has no process pool: use --sequential.");

    public string Description => "";

    public RunStatistics Statistics => new();

    public IAsyncEnumerable<FileCensus> ReadAsync(IReadOnlyList<AssemblyFile> files, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
