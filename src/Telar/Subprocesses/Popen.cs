using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;
using Telar.Subprocesses.Launching;

namespace Telar.Subprocesses;

/// <summary>A child process.</summary>
/// <remarks>Python: <c>subprocess.Popen</c>. <b>Thread safety.</b> All members may be called from any thread.</remarks>
public sealed partial class Popen : IDisposable
{
    private readonly PopenOptions _options;
    private readonly LaunchedChild _child;

    /// <summary>Starts a program.</summary>
    /// <param name="args">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated.</param>
    public Popen(CommandLine args, PopenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        Args = args;
        _options = options ?? new PopenOptions();
        _child = Launcher.Start(args, _options);
    }

    /// <summary>What was started.</summary>
    public CommandLine Args { get; }

    /// <summary>The child's number.</summary>
    public int Pid => _child.Process.Id;

    /// <summary>The child's terminal with <see cref="PopenOptions.Pty"/>; null without.</summary>
    public Stream? Terminal { get; }

    /// <summary>Waits for the end.</summary>
    /// <param name="timeout">How long; null for ever.</param>
    /// <param name="cancellationToken">Cancels the wait. The child goes on.</param>
    /// <returns>The return code.</returns>
    public int Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _ = _child.Process.Wait(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken);
        return _child.Process.Status?.Code ?? 0;
    }

    /// <summary>Exchanges.</summary>
    public void Communicate() => _ = Wait();

    /// <summary>Ends.</summary>
    public void Dispose() => _child.Dispose();
}
