using Telar.Subprocesses;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses;

/// <summary>Tests after which there is no child, no zombie and no descriptor that was not there before.</summary>
public abstract class NothingLeftBehind : IDisposable
{
    private readonly List<string> _descriptors;

    protected NothingLeftBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Starts the programs of a Unix system, and counts in /proc.");

        // What the library opens once for all children is open after this child, which lasts long enough to be waited for.
        Subprocess.RunAsync(["sleep", "0.05"], captureOutput: true, cancellationToken: Token).Wait(Token);
        _descriptors = Descriptors();
    }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Assert.Empty(Children.Mine());
        Assert.Equal([], Descriptors().Except(_descriptors));
        GC.SuppressFinalize(this);
    }

    // Number and what it leads to: of a descriptor that was left, the name says whose it is. The runtime's own files come and go.
    private static List<string> Descriptors()
    {
        var found = new List<string>();
        foreach (string path in Directory.GetFiles("/proc/self/fd"))
        {
            if (new FileInfo(path).LinkTarget is { } target && !target.StartsWith("/proc/", StringComparison.Ordinal)
                && !target.EndsWith(".dll", StringComparison.Ordinal))
            {
                found.Add($"{path} -> {target}");
            }
        }

        return found;
    }
}
