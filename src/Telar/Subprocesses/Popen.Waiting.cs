using Telar.Internal.Waiting;
using Telar.Subprocesses.Exchanges;

namespace Telar.Subprocesses;

public sealed partial class Popen
{
    /// <summary>Looks whether the child has ended.</summary>
    /// <returns>Its return code; null while it runs.</returns>
    /// <remarks>Python: <c>Popen.poll</c>.</remarks>
    public int? Poll() => ReturnCode;

    /// <summary>Waits for the end of the child.</summary>
    /// <param name="timeout">
    /// How long; null or <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> only looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. The child goes on.</param>
    /// <returns>The return code.</returns>
    /// <exception cref="TimeoutExpiredException">It did not end in time. It goes on, and may be waited for again.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The child goes on.</exception>
    /// <remarks>
    /// A child that writes more into a <see cref="Stdio.Pipe"/> than the pipe holds ends only when somebody reads it: use
    /// <see cref="Communicate"/> then. Python: <c>Popen.wait</c>.
    /// </remarks>
    public int Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        return _child.Process.Wait(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken)
            ? EndedCode()
            : throw Expired(timeout.GetValueOrDefault());
    }

    /// <summary>Waits for the end of the child; no thread waits.</summary>
    /// <param name="timeout">As in <see cref="Wait"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The child goes on.</param>
    /// <returns>The return code.</returns>
    /// <exception cref="TimeoutExpiredException">It did not end in time. It goes on, and may be waited for again.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The child goes on.</exception>
    public async Task<int> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var deadline = WaitDeadline.After(timeout);
        if (await AsyncWait.UntilAsync(_child.Process.Exited, deadline, cancellationToken).ConfigureAwait(false) || HasExited)
        {
            return EndedCode();
        }

        throw Expired(timeout.GetValueOrDefault());
    }

    private int EndedCode()
    {
        int code = _child.Process.Status!.Value.Code; // ! it has ended
        _observation?.Ended(code);
        return code;
    }

    private TimeoutExpiredException Expired(TimeSpan timeout) =>
        new(Args, _options, timeout, CapturedOutput.NotCaptured, CapturedOutput.NotCaptured, "it goes on");
}
