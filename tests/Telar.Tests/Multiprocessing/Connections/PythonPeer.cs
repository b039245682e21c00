using System.Diagnostics;

namespace Telar.Tests.Multiprocessing.Connections;

/// <summary>A real CPython that runs a script; it must end with status 0, and it never outlives the test.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <summary>Starts a script; the test is skipped when there is no such Python.</summary>
    /// <param name="version">Such as 3.12; empty for any from 3.8 on.</param>
    /// <param name="script">The script; <c>multiprocessing.connection</c> is imported as <c>mc</c>.</param>
    /// <param name="arguments">Its <c>sys.argv[1:]</c>.</param>
    internal PythonPeer(string version, string script, params string[] arguments)
    {
        string? python = Find(version);
        Assert.SkipWhen(python is null, $"There is no CPython {version} on this machine.");
        string[] head = ["-B", "-c", "import sys, multiprocessing.connection as mc\n" + script];
        _process = Process.Start(new ProcessStartInfo(python!, [.. head, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal int Id => _process.Id;

    internal async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync(Token) ?? throw new EndOfStreamException("Python ended: " + await _errors);

    internal void Kill() => _process.Kill();

    internal async Task AssertSucceededAsync()
    {
        await _process.WaitForExitAsync(Token);
        Assert.True(_process.ExitCode == 0, await _errors);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string? Find(string version)
    {
        string pyenv = Environment.GetEnvironmentVariable("PYENV_ROOT")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv");
        string versions = Path.Combine(pyenv, "versions");
        IEnumerable<string> own = Directory.Exists(versions)
            ? Directory.GetDirectories(versions, version.Length == 0 ? "3.1*" : $"{version}.*").Select(static folder => Path.Combine(folder, "bin", "python3"))
            : [];
        return own.Concat([$"/usr/bin/python{version}", $"/usr/local/bin/python{version}", "/usr/bin/python3"])
            .FirstOrDefault(file => File.Exists(file) && (version.Length == 0 || file != "/usr/bin/python3"));
    }
}
