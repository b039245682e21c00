using Telar.Internal.Processes;
using Telar.Subprocesses.Exchanges;

namespace Telar.Subprocesses;

public sealed partial class Popen
{
    /// <summary>Sends a signal to the child. It never hits anybody else, also when the child's number is given away again.</summary>
    /// <param name="signal">
    /// The signal. On Windows SIGTERM and SIGKILL end the child with return code 1; SIGINT is Ctrl-C and SIGQUIT is Ctrl-Break, for
    /// a child that leads a process group at the console of this process.
    /// </param>
    /// <returns>True; false when the child had ended already.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such signal.</exception>
    /// <exception cref="UnauthorizedAccessException">The child runs as another user by now, and may not be signalled.</exception>
    /// <exception cref="PlatformNotSupportedException">Windows has no such signal, or not for this child.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed, and the child may still run.</exception>
    /// <remarks>Python: <c>Popen.send_signal</c>; its <c>CTRL_C_EVENT</c> is SIGINT, its <c>CTRL_BREAK_EVENT</c> SIGQUIT.</remarks>
    public bool SendSignal(Signal signal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero((int)signal, nameof(signal));
        if (HasExited)
        {
            return false;
        }

        _child.Process.Signal((int)signal);
        return true;
    }

    /// <summary>Asks the child to end: SIGTERM, which on Windows ends it at once.</summary>
    /// <returns>True; false when the child had ended already.</returns>
    /// <exception cref="UnauthorizedAccessException">The child runs as another user by now, and may not be signalled.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed, and the child may still run.</exception>
    /// <remarks>Python: <c>Popen.terminate</c>.</remarks>
    public bool Terminate() => SendSignal(Signal.SIGTERM);

    /// <summary>Kills the child: SIGKILL, which it cannot prevent.</summary>
    /// <param name="entireProcessTree">
    /// Whether what the child has started dies too, also what has left its group and lost its parent. Then the call returns when
    /// they are dead, and works also after the child's own end.
    /// </param>
    /// <returns>True; false when the child had ended already.</returns>
    /// <exception cref="UnauthorizedAccessException">The child runs as another user by now, and may not be signalled.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed, and the child may still run.</exception>
    /// <remarks>Python: <c>Popen.kill</c>.</remarks>
    public bool Kill(bool entireProcessTree = false)
    {
        bool wasRunning = !HasExited;
        if (entireProcessTree)
        {
            _child.Process.KillTree();
        }
        else if (wasRunning)
        {
            _child.Process.Signal(SignalNumber.SIGKILL);
        }

        return wasRunning;
    }

    /// <summary>Brings the child to its end: asks, waits, kills.</summary>
    /// <param name="policy">How; null for <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>The return code; of a child that had ended already, what it had ended with.</returns>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    /// <exception cref="UnauthorizedAccessException">The child runs as another user by now, and goes on.</exception>
    /// <remarks>
    /// Pipes are not read meanwhile: a child that has to write much before it ends does not come to it within the grace.
    /// </remarks>
    public int Stop(StopPolicy? policy = null)
    {
        policy ??= _options.Stop;
        if (policy.Request != Signal.None && SendSignal(policy.Request))
        {
            _ = _child.Process.Wait(policy.Grace);
        }

        if (policy.Tree || !HasExited)
        {
            _ = Kill(policy.Tree);
        }

        return Wait();
    }

    /// <summary>As <see cref="Stop"/>; no thread waits, but for one of the pool while a tree is looked for.</summary>
    /// <param name="policy">As there.</param>
    /// <param name="cancellationToken">Cancels the wait; the child may then still run.</param>
    /// <returns>As there.</returns>
    /// <exception cref="ObjectDisposedException">As there.</exception>
    /// <exception cref="UnauthorizedAccessException">As there.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<int> StopAsync(StopPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy ??= _options.Stop;
        if (policy.Request != Signal.None && SendSignal(policy.Request))
        {
            _ = await AsyncWait.UntilAsync(
                _child.Process.Exited, Internal.Waiting.WaitDeadline.After(policy.Grace), cancellationToken).ConfigureAwait(false);
        }

        if (policy.Tree || !HasExited)
        {
            _ = await Task.Run(() => Kill(policy.Tree), cancellationToken).ConfigureAwait(false);
        }

        return await WaitAsync(null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the child go on when this object is disposed. It is still reaped at its end, as long as this process lives.</summary>
    /// <remarks>Its pipes are closed then all the same: give it files, or the null device, if it is to write on.</remarks>
    public void Detach() => Volatile.Write(ref _isDetached, true);

    /// <summary>Tells the child's terminal that its window has another size; the child gets SIGWINCH.</summary>
    /// <param name="columns">Width in characters, 1 to 65535.</param>
    /// <param name="rows">Height in lines, 1 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The child has no terminal of ours: see <see cref="PopenOptions.Pty"/>.</exception>
    public void ResizeTerminal(int columns, int rows) => _child.ResizeTerminal(columns, rows);

    /// <summary>
    /// Closes our ends of the pipes. What becomes of a child that still runs says <see cref="PopenOptions.OnDispose"/>: by
    /// default it is stopped by <see cref="PopenOptions.Stop"/>, with all that it has started. Where it is not, what a buffer
    /// of <see cref="Stdin"/> holds is written to it first.
    /// </summary>
    /// <remarks>A child that cannot be stopped, because it has become another user's, goes on. Python: <c>Popen.__exit__</c>.</remarks>
    public void Dispose()
    {
        if (!BeginDispose())
        {
            return;
        }

        try
        {
            if (EndOnDispose is DisposeMode.Wait)
            {
                _ = Wait();
            }
            else if (EndOnDispose is DisposeMode.Stop && !HasExited)
            {
                _ = Stop();
            }
        }
        catch (UnauthorizedAccessException)
        {
        }
        finally
        {
            _child.Process.Dispose();
        }
    }

    /// <summary>As <see cref="Dispose"/>; no thread waits.</summary>
    /// <returns>Done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (!BeginDispose())
        {
            return;
        }

        try
        {
            if (EndOnDispose is DisposeMode.Wait)
            {
                _ = await WaitAsync().ConfigureAwait(false);
            }
            else if (EndOnDispose is DisposeMode.Stop && !HasExited)
            {
                _ = await StopAsync().ConfigureAwait(false);
            }
        }
        catch (UnauthorizedAccessException)
        {
        }
        finally
        {
            _child.Process.Dispose();
        }
    }

    private DisposeMode EndOnDispose => Volatile.Read(ref _isDetached) ? DisposeMode.Detach : _options.OnDispose;

    private bool BeginDispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return false;
            }

            _isDisposed = true;
        }

        if (EndOnDispose is not DisposeMode.Stop)
        {
            FlushWritten();
        }

        ReleasePipes();
        return true;
    }
}
