using System.Diagnostics;
using System.Globalization;

namespace Telar.Specs.Support;

/// <summary>The program of tests/Telar.Host, running as a process of its own.</summary>
internal sealed class HostProgram : IAsyncDisposable
{
    private readonly Process _process;

    private HostProgram(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Beside this test's own output folder.</summary>
    public static string Path => System.IO.Path.Combine(
        AppContext.BaseDirectory.Replace("Telar.Specs", "Telar.Host", StringComparison.Ordinal), "host");

    public static HostProgram Start(params string[] arguments) => StartFile(Path, arguments);

    /// <summary>With Ctrl-C as a terminal's program has it: a background job of a script has SIGINT ignored, and so would its children.</summary>
    public static HostProgram StartInteractive(params string[] arguments) =>
        StartFile("/usr/bin/env", ["--default-signal=INT", Path, .. arguments]);

    public static HostProgram StartFile(string file, params string[] arguments)
    {
        ProcessStartInfo info = new(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        return new HostProgram(Process.Start(info) ?? throw new InvalidOperationException($"'{file}' did not start."));
    }

    /// <summary>Waits for a line that begins with a word and gives the rest of it.</summary>
    public async Task<string> ExpectAsync(string word, CancellationToken cancellationToken)
    {
        List<string> seen = [];
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(word + " ", StringComparison.Ordinal))
            {
                return line[(word.Length + 1)..];
            }

            seen.Add(line);
        }

        throw new InvalidOperationException(
            $"The program ended without a line '{word} ...'. It wrote: {string.Join(" | ", seen)}; errors: {await _process.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    /// <summary>Both streams, to their ends.</summary>
    public async Task<string> ReadToEndAsync(CancellationToken cancellationToken)
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync(cancellationToken);
        string errors = await _process.StandardError.ReadToEndAsync(cancellationToken);
        return await output + errors;
    }

    public async Task<int[]> ExpectNumbersAsync(string word, CancellationToken cancellationToken) =>
        [.. (await ExpectAsync(word, cancellationToken)).Split(' ').Select(static number => int.Parse(number, CultureInfo.InvariantCulture))];

    public Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    public void Signal(string name)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        // Streams that were read from do not go with the Process object.
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        await _process.StandardInput.DisposeAsync();
        _process.Dispose();
    }
}
