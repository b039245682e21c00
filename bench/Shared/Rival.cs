namespace Telar.Benchmarks;

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

/// <summary>A process that answers measurements: a line `name argument` gets a line with a number.</summary>
internal sealed class Rival : IAsyncDisposable
{
    private readonly Process _process;

    private Rival(Process process, string description)
    {
        _process = process;
        Description = description;
    }

    /// <summary>Program and version.</summary>
    public string Description { get; }

    /// <summary>Starts the first CPython that answers.</summary>
    /// <exception cref="MissingSideException">None does.</exception>
    public static Rival StartPython(string? python, string script)
    {
        string?[] candidates = python is not null
            ? [python]
            : [Environment.GetEnvironmentVariable("TELAR_PYTHON"), "python3.14", "python3.13", "python3.12", "python3.11", "python3"];
        foreach (string candidate in candidates.OfType<string>().Where(static name => name.Length > 0))
        {
            try
            {
                Rival rival = Start(candidate, ["-u", Path.Combine(AppContext.BaseDirectory, script)], candidate);
                int version = (int)rival.Ask("version", 0);
                return new Rival(rival._process, string.Create(CultureInfo.InvariantCulture, $"CPython {version / 100}.{version % 100} ({candidate})"));
            }
            catch (Exception exception) when (exception is Win32Exception or IOException or FormatException)
            {
                // The next candidate may do.
            }
        }

        throw new MissingSideException("no CPython found: install Python 3, or name one with --python or TELAR_PYTHON");
    }

    /// <summary>Compiles a program with the machine's `cc`, and starts it.</summary>
    /// <exception cref="MissingSideException">There is no compiler, or it refuses.</exception>
    public static Rival StartC(string source) => Start(Compiler.Compile(source, "-O2", "-pthread"), [], "C (cc -O2)");

    /// <summary>Starts a program that answers.</summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static Rival Start(string program, string[] arguments, string description)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!; // UseShellExecute is off, so there is a process or an exception.
        return new Rival(process, description);
    }

    public double Ask(string name, int argument)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {argument}"));
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new IOException($"{_process.StartInfo.FileName} ended while it was asked for '{name} {argument}'.");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
