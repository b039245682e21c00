using System.Globalization;

namespace Telar.Specs.Support;

/// <summary>The name of a file by which a worker tells its test something; deleted at the end of the test.</summary>
internal sealed record TemporaryFile : IDisposable
{
    private static int s_count;

    public string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(),
        string.Create(CultureInfo.InvariantCulture, $"telar-specs-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}"));

    /// <summary>What is in it; empty while it is not there.</summary>
    public string Text => File.Exists(Path) ? File.ReadAllText(Path) : "";

    public void Dispose() => File.Delete(Path);
}
