using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Telar.Specs.Support;

namespace Telar.Specs.Census;

/// <summary>The sample that shows what the library is for, as its user runs it.</summary>
public sealed class CensusSpecs : ProcessSpec
{
    /// <summary>The runtime's own assemblies: real files, on every machine that runs this.</summary>
    private static string Assemblies => Path.GetDirectoryName(typeof(object).Assembly.Location)!; // A file has a folder.

    private static string Program => Path.Combine(
        AppContext.BaseDirectory.Replace("Telar.Specs", "Census", StringComparison.Ordinal), "Census");

    [Fact(Timeout = 180_000)]
    public async Task I_get_the_same_bytes_sequentially_in_parallel_and_under_chaos()
    {
        (int code, string sequential, _) = await RunAsync("--json", "--sequential", Assemblies);
        Assert.Equal(0, code);
        using JsonDocument result = JsonDocument.Parse(sequential);

        foreach (string[] way in new string[][] { ["--workers", "2"], ["--workers", "3"], ["--workers", "2", "--chaos"] })
        {
            (code, string parallel, string errors) = await RunAsync(["--json", .. way, Assemblies]);

            Assert.True(code == 0, $"{string.Join(' ', way)} ended with {code}: {errors}");
            Assert.Equal(sequential, parallel);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_see_no_control_characters_without_a_terminal()
    {
        (int code, string output, string errors) = await RunAsync("--workers", "2", AppContext.BaseDirectory);

        Assert.Equal(0, code);
        Assert.DoesNotContain('\u001B', output);
        Assert.DoesNotContain('\u001B', errors);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("/no/such/folder")]
    [InlineData("--workers", "0")]
    [InlineData("--workers", "two")]
    [InlineData("--no-such-option")]
    public async Task I_am_told_what_is_wrong_with_my_arguments(params string[] arguments)
    {
        (int code, _, string errors) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(arguments[^1], errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_press_Ctrl_C_and_it_ends_soon_with_nothing_left()
    {
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", Program, "--json", "--workers", "2"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // No shell: a process or an exception.
        Task<string> output = process.StandardOutput.ReadToEndAsync(Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(Token);
        await Eventually.Holds(() => Processes.ChildrenOf(process.Id).Count == 2, () => "The workers did not start.");
        int[] workers = [.. Processes.ChildrenOf(process.Id)];

        long start = Stopwatch.GetTimestamp();
        using (Process kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -INT {process.Id}")]))
        {
            await kill.WaitForExitAsync(Token);
        }

        await process.WaitForExitAsync(Token);
        Assert.Equal(130, process.ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(start) < Eventually.Soon, $"It took {Stopwatch.GetElapsedTime(start)}.");
        Assert.All(workers, static worker => Assert.False(Processes.IsAlive(worker), Processes.Describe(worker)));
        Assert.Equal("", await output);
        await errors;
        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!; // No shell: a process or an exception.
        Task<string> output = process.StandardOutput.ReadToEndAsync(Token);
        string errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        (int, string, string) all = (process.ExitCode, await output, errors);
        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
        return all;
    }
}
