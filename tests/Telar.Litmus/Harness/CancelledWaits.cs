namespace Telar.Litmus.Harness;

/// <summary>A wait of each instance: left begins it and gives it what it waits for, right cancels it, both from a common moment on.</summary>
/// <remarks><b>Thread safety.</b> For the two sides of a race.</remarks>
internal sealed class CancelledWaits(int instances)
{
    private const int DelayScale = 9;

    private readonly Task?[] _waits = new Task?[instances];
    private readonly CancellationTokenSource?[] _cancels = new CancellationTokenSource?[instances];
    private readonly Meeting _meeting = new(instances);
    private readonly Patience _patience = new();

    /// <summary>The part of left, until it gives.</summary>
    public void Begin(int instance, Func<CancellationToken, Task> wait, ref Dice dice)
    {
        CancellationTokenSource cancel = new();
        _cancels[instance] = cancel;
        _waits[instance] = wait(cancel.Token);
        _meeting.Meet(instance);
        dice.Delay(DelayScale);
    }

    /// <summary>The part of right.</summary>
    public void Cancel(int instance, ref Dice dice)
    {
        _meeting.Meet(instance);
        dice.Delay(DelayScale);
        _cancels[instance]!.Cancel(); // made before the meeting
    }

    /// <summary>For the judge: whether the wait was cancelled, or got what it waited for; null when it never ended.</summary>
    public bool? WasCancelled(int instance)
    {
        _meeting.Reset(instance);
        _cancels[instance]!.Dispose(); // every side has played
        Task wait = _waits[instance]!; // as above
        return _patience.Saw(Task.WaitAny([wait], _patience.Left) >= 0) ? wait.IsCanceled : null;
    }
}
