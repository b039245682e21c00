using System.Diagnostics;
using Xunit;

namespace Telar.Tests.Internal.Processes;

/// <summary>A named pipe that a child writes lines to, whatever its standard streams are.</summary>
internal sealed class LineChannel : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("telar-");
    private readonly StreamReader _reader;

    internal LineChannel()
    {
        Path = System.IO.Path.Combine(_directory.FullName, "lines");
        using (Process make = Process.Start("mkfifo", [Path]))
        {
            make.WaitForExit();
        }

        // Opened to read and write, the pipe does not wait for its other side, and never ends.
        _reader = new StreamReader(new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
    }

    internal string Path { get; }

    internal string Folder => _directory.FullName;

    /// <summary>Reads lines up to one that is <c>end</c>.</summary>
    internal async Task<List<string>> ReadToEndLineAsync()
    {
        var lines = new List<string>();
        while (await ReadLineAsync() is string line && line != "end")
        {
            lines.Add(line);
        }

        return lines;
    }

    internal async Task<string?> ReadLineAsync() =>
        await Task.Run(_reader.ReadLine).WaitAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _reader.Dispose();
        _directory.Delete(recursive: true);
    }
}
