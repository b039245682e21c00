namespace Guarantees;

using System.Diagnostics;

/// <summary>A child ends, but a grandchild keeps the pipe open.</summary>
internal static class G14
{
    public static async Task<Finding> DotNetAsync()
    {
        using var child = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 5 & echo done"]) { RedirectStandardOutput = true })!; // As in G13.
        var watch = Stopwatch.StartNew();
        _ = await child.StandardOutput.ReadToEndAsync();
        return Finding.Seen($"ReadToEnd waited {watch.Elapsed.TotalSeconds:0.0} s for a grandchild that sleeps 5 s");
    }
}
