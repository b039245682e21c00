namespace Guarantees;

using System.Diagnostics;

/// <summary>A child fills its standard error while the parent reads its standard output.</summary>
internal static class G13
{
    public static async Task<Finding> DotNetAsync()
    {
        using var child = Process.Start(new ProcessStartInfo("sh", ["-c", "head -c 200000 /dev/zero >&2; echo done"])
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
