using System.Runtime.InteropServices;

namespace Telar.Internal.Processes;

/// <summary>A program that this process has started.</summary>
/// <remarks>
/// <para>
/// Dispose releases what this object holds and does <b>not</b> kill: whether a child may outlive its owner is a policy of
/// the layers above. A child that goes on is still reaped at its end, and <see cref="Exited"/> still completes.
/// </para>
/// <para>
/// A child is watched, by the one thread that watches all, from the moment that somebody asks for it: by <see cref="Exited"/>,
/// by <see cref="WaitAsync"/>, by a wait that can be cancelled, by a dispose before its end. To start, wait and dispose in
/// one thread takes no other.
/// </para>
/// <b>Thread safety.</b> All members may be called from any thread at any time.
/// </remarks>
internal abstract class ChildProcess : IDisposable
{
    /// <summary>The AppContext switch that selects <see cref="FallbackChildProcess"/> where the native layer would do.</summary>
    internal const string FallbackSwitch = "Telar.Internal.Processes.UseFallback";

    private static readonly TimeSpan s_longestTaskWait = TimeSpan.FromDays(20);

    // Asynchronous continuations: the thread that completes it is the one that watches all children.
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected ChildProcess(string job) => Job = job;

    /// <summary>The child's process id; -1 in the rare case that it was reaped by others before it could be told.</summary>
    internal abstract int Id { get; }

    /// <summary>The mark in the child's environment by which <see cref="KillTree"/> finds what it has started.</summary>
    internal string Job { get; }

    /// <summary>A descriptor of the child: a pidfd on Linux, readable when the child has ended.</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    internal abstract SafeHandle Handle { get; }

    /// <summary>Whether the child has ended. True from the very moment it has.</summary>
    internal bool HasExited => Status is not null;

    /// <summary>How the child ended; null while it runs.</summary>
    internal abstract ExitStatus? Status { get; }

    /// <summary>
    /// Completes when the child has ended and nothing of it is left in the system. No thread waits for it, and
    /// continuations run on the thread pool.
    /// </summary>
    internal Task<ExitStatus> Exited
    {
        get
        {
            BeginWatching();
            return _exited.Task;
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="startInfo">What to start.</param>
    /// <returns>The running child. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A text or a handle of <paramref name="startInfo"/> is not usable.</exception>
    /// <exception cref="FileNotFoundException">There is no such program, or not the interpreter that it needs.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such working directory.</exception>
    /// <exception cref="UnauthorizedAccessException">The program may not be executed, or the directory not be entered.</exception>
    /// <exception cref="PlatformNotSupportedException">An option cannot be had on this system; the message says why.</exception>
    /// <exception cref="IOException">Anything else; the message names the error. In all cases no child is left.</exception>
    internal static ChildProcess Start(ChildStartInfo startInfo)
    {
        ArgumentNullException.ThrowIfNull(startInfo);
        startInfo.Validate();
        bool useFallback = AppContext.TryGetSwitch(FallbackSwitch, out bool chosen) && chosen;
        return useFallback ? FallbackChildProcess.StartNew(startInfo)
            : LinuxChildProcess.IsSupported ? LinuxChildProcess.StartNew(startInfo)
            : OperatingSystem.IsWindows() ? WindowsChildProcess.StartNew(startInfo)
            : FallbackChildProcess.StartNew(startInfo);
    }

    /// <summary>Waits for the end of the child.</summary>
    /// <param name="timeout">
    /// How long; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, <see cref="TimeSpan.Zero"/> only looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. The child goes on.</param>
    /// <returns>
    /// True when the child has ended, and then <see cref="Exited"/> is complete; false when the time was up first.
    /// </returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled before the child had ended.</exception>
    internal bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        if (HasExited)
        {
            WaitForCompletion();
            return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return timeout != TimeSpan.Zero && WaitForEnd(timeout, cancellationToken);
    }

    /// <summary>Waits for the end of the child without a thread.</summary>
    /// <param name="cancellationToken">Cancels the wait. The child goes on.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled before the child had ended.</exception>
    internal Task<ExitStatus> WaitAsync(CancellationToken cancellationToken = default) => Exited.WaitAsync(cancellationToken);

    /// <summary>Sends a signal to the child. After its end this does nothing, and it never hits anybody else.</summary>
    /// <param name="signal">The number of the signal.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such signal.</exception>
    /// <exception cref="UnauthorizedAccessException">The child runs as another user by now, and may not be signalled.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    internal abstract void Signal(int signal);

    /// <summary>
    /// Kills the child and all that it has started, also what has left its group and what has lost its parent. Returns
    /// when they are dead, or after 5 s when the kernel does not let go of one.
    /// </summary>
    /// <remarks>After the child's own end it still kills what the child has left behind.</remarks>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    internal abstract void KillTree();

    /// <summary>Releases what this object holds. The child goes on, and is reaped at its end.</summary>
    public abstract void Dispose();

    /// <summary>Waits on a child that was running a moment ago.</summary>
    /// <param name="timeout">How long; above zero or infinite.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether it has ended.</returns>
    private protected virtual bool WaitForEnd(TimeSpan timeout, CancellationToken cancellationToken)
    {
        TimeProvider clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        while (true)
        {
            // A task waits for at most 24 days at a time.
            TimeSpan left = timeout == Timeout.InfiniteTimeSpan ? s_longestTaskWait : timeout - clock.GetElapsedTime(began);
            TimeSpan turn = left < s_longestTaskWait ? left : s_longestTaskWait;
            if (Exited.Wait(turn > TimeSpan.Zero ? turn : TimeSpan.Zero, cancellationToken))
            {
                return true;
            }

            if (timeout != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(began) >= timeout)
            {
                return HasExited;
            }
        }
    }

    /// <summary>Waits until <see cref="Exited"/> is complete, of a child that is known to have ended.</summary>
    /// <remarks>Whoever found the end is between the status and the completion; it needs nothing from us.</remarks>
    private protected void WaitForCompletion() => _exited.Task.Wait(CancellationToken.None);

    /// <summary>Sees to it that <see cref="Exited"/> completes though no thread waits for the child. Once is enough.</summary>
    private protected virtual void BeginWatching()
    {
    }

    /// <summary>Completes <see cref="Exited"/>; once, as the last step of a child's end.</summary>
    /// <param name="status">How it ended.</param>
    private protected void CompleteExited(ExitStatus status) => _exited.SetResult(status);
}
