using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses.Launching;

/// <summary>Starts children by the launcher alone, without the engine, and looks at what came of them.</summary>
internal static class Launches
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static string Dummy => Children.Dummy;

    /// <summary>Runs to the end, with standard output in a pipe unless the options say otherwise.</summary>
    internal static async Task<(string Output, int Code)> RunAsync(CommandLine command, PopenOptions? options = null)
    {
        options ??= new PopenOptions();
        using LaunchedChild child = Launcher.Start(command, options.Stdout is null ? options with { Stdout = Stdio.Pipe } : options);
        child.Stdin?.Dispose();
        string output = child.Stdout is null ? "" : await ReadAsync(child.Stdout);
        return (output, (await child.Process.WaitAsync(Token)).Code);
    }

    internal static async Task<string> ReadAsync(SafeFileHandle pipe)
    {
        using var reader = new StreamReader(new FileStream(pipe, FileAccess.Read, bufferSize: 0), Encoding.UTF8);
        return await Task.Run(reader.ReadToEnd, Token).WaitAsync(Token);
    }

    /// <summary>Runs a shell script and gives its output.</summary>
    internal static async Task<string> ShellAsync(string script, PopenOptions? options = null, params string[] arguments)
    {
        (string output, int code) = await RunAsync(CommandLine.Shell(script, ["sh", .. arguments]), options);
        Assert.Equal(0, code);
        return output;
    }
}
