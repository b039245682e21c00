namespace Guarantees;

using System.Diagnostics;
using Telar.Subprocesses;

/// <summary>A child ends, but a grandchild keeps the pipe open.</summary>
internal static class G14
{
    private const string Script = "sleep 5 & echo done";

    public static async Task<Finding> TelarAsync()
    {
        var watch = Stopwatch.StartNew();
        CompletedProcess run = await Subprocess.RunAsync(["sh", "-c", Script], captureOutput: true);
        return new Finding(
            run.Stdout is { Text: "done\n", IsHeld: true },
            $"returned after {watch.Elapsed.TotalSeconds:0.0} s with '{run.Stdout.Text.Trim()}', and IsHeld is {run.Stdout.IsHeld}");
    }

    public static async Task<Finding> DotNetAsync()
    {
        using var child = Process.Start(new ProcessStartInfo("sh", ["-c", Script]) { RedirectStandardOutput = true })!; // As in G13.
        var watch = Stopwatch.StartNew();
        _ = await child.StandardOutput.ReadToEndAsync();
        return Finding.Seen($"ReadToEnd waited {watch.Elapsed.TotalSeconds:0.0} s for a grandchild that sleeps 5 s");
    }
}
