using Telar.Stress;

namespace Telar.Specs.Executors;

/// <summary>A file in which calls, in whichever process, note that they run.</summary>
public sealed class CallLog : IDisposable
{
    public CallLog() => AppendLog.Create(Path);

    /// <summary>What a call captures, to give it to <see cref="Note"/>.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"telar-calls-{Guid.NewGuid():n}");

    public IReadOnlyList<string> Lines => File.ReadAllLines(Path);

    /// <summary>Notes a line.</summary>
    /// <returns>How many there are now.</returns>
    public static int Note(string path, string line)
    {
        AppendLog.Add(path, line);
        return File.ReadAllLines(path).Length;
    }

    public void Dispose() => File.Delete(Path);
}
