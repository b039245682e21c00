namespace Census.Running;

using Census.Analysis;

/// <summary>A way of running the census.</summary>
internal interface ICensusRunner : IAsyncDisposable
{
    string Description { get; }

    /// <summary>Can be read at any time, also after disposal.</summary>
    RunStatistics Statistics { get; }

    /// <summary>Reads all files; they come as they get ready.</summary>
    IAsyncEnumerable<FileCensus> ReadAsync(IReadOnlyList<AssemblyFile> files, CancellationToken cancellationToken);
}
