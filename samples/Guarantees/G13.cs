namespace Guarantees;

using System.Diagnostics;
using Telar.Subprocesses;

/// <summary>A child fills its standard error while the parent reads its standard output.</summary>
internal static class G13
{
    private const string Script = "head -c 200000 /dev/zero >&2; echo done";

    public static async Task<Finding> TelarAsync()
    {
        CompletedProcess run = await Subprocess.RunAsync(["sh", "-c", Script], captureOutput: true);
        bool isAll = run.Stdout.Text == "done\n" && run.Stderr.Bytes.Length == 200_000;
        return new Finding(isAll, $"read '{run.Stdout.Text.Trim()}' and {run.Stderr.Bytes.Length:N0} bytes of standard error");
    }

    public static async Task<Finding> DotNetAsync()
    {
        using var child = Process.Start(new ProcessStartInfo("sh", ["-c", Script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // No shell is asked to open a document, so there is always a process.
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        bool read = await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(5))) == output;
        child.Kill(entireProcessTree: true);
        return Finding.Seen(read ? "output read" : "reading one stream to its end, then the other: hang after 5 s");
    }
}
