using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;

namespace Telar.Windows;

/// <summary>Starts this program as a child, and reads what it says.</summary>
internal static class Children
{
    internal const int Limit = 60_000;

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static string Program { get; } = Environment.ProcessPath!; // a running program has a path

    internal static CommandLine Command(params string[] words) => CommandLine.Create([Program, "child", .. words]);

    internal static LaunchedChild Launch(CommandLine command, PopenOptions? options = null) =>
        Launcher.Start(command, options ?? new PopenOptions { Stdout = Stdio.Pipe });

    /// <summary>Runs a child, and reads all of its standard output.</summary>
    internal static async Task<(int Code, string Output)> RunAsync(CommandLine command, PopenOptions? options = null)
    {
        using LaunchedChild child = Launch(command, (options ?? new PopenOptions()) with { Stdout = options?.Stdout ?? Stdio.Pipe });
        string output = await ReadAsync(child.Stdout);
        return ((await child.Process.WaitAsync(Token)).Code, output);
    }

    /// <summary>Runs a child that prints hexadecimal lines, and gives the texts.</summary>
    internal static async Task<string[]> SayAsync(CommandLine command, PopenOptions? options = null)
    {
        (int code, string output) = await RunAsync(command, options);
        Assert.Equal(0, code);
        return [.. output.Split("\r\n")[..^1].Select(static line => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(line)))];
    }

    internal static async Task<string> ReadAsync(SafeFileHandle? handle)
    {
        Assert.NotNull(handle);
        await using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: true);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Token);
    }

    /// <summary>Reads one line, without taking what comes after it.</summary>
    internal static async Task<string> ReadLineAsync(SafeFileHandle? handle)
    {
        Assert.NotNull(handle);
        var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: true);
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, Token) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd('\r');
    }

    /// <summary>Waits for the end of a process that is no child of ours.</summary>
    internal static async Task WaitForEndAsync(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            await process.WaitForExitAsync(Token);
        }
        catch (ArgumentException)
        {
            // It has ended already.
        }
    }
}
