namespace Telar.Benchmarks;

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

/// <summary>A CPython that answers measurements (bench/cpython/rival.py).</summary>
internal sealed class Rival : IAsyncDisposable
{
    private readonly Process _process;

    private Rival(Process process) => _process = process;

    public static Rival? TryStart(string? python, out string status)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "rival.py");
        string?[] candidates = python is not null
            ? [python]
            : [Environment.GetEnvironmentVariable("TELAR_PYTHON"), "python3.14", "python3.13", "python3.12", "python3.11", "python3"];
        foreach (string candidate in candidates.OfType<string>().Where(static name => name.Length > 0))
        {
            try
            {
                Process process = Process.Start(new ProcessStartInfo(candidate, ["-u", script])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                })!; // UseShellExecute is off, so there is a process or an exception.
                Rival rival = new(process);
                double version = rival.Ask("version", 0);
                status = string.Create(CultureInfo.InvariantCulture, $"CPython {(int)version / 100}.{(int)version % 100} ({candidate})");
                return rival;
            }
            catch (Exception exception) when (exception is Win32Exception or IOException or FormatException)
            {
                // The next candidate may do.
            }
        }

        status = "no CPython found: its side is missing. Install Python 3, or name one with --python or TELAR_PYTHON.";
        return null;
    }

    public double Ask(string name, int argument)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {argument}"));
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new IOException($"CPython ended while it was asked for '{name} {argument}'.");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
