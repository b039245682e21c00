using Telar.Multiprocessing.Starting;

namespace Telar.Tests.Multiprocessing.Starting;

/// <summary>A standby that warms up when the test says so.</summary>
internal sealed class FakeStandby(bool serverGc, string[] preload) : IStandby
{
    private readonly TaskCompletionSource _warm = new();

    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool ServerGc => serverGc;

    public string[] Preload => preload;

    public bool HasExited { get; set; }

    public TimeSpan Timeout { get; private set; }

    public Task Disposed => _disposed.Task;

    public void Warm() => _warm.SetResult();

    public void Fail(Exception exception) => _warm.SetException(exception);

    public void WaitUntilWarm(TimeSpan timeout)
    {
        Timeout = timeout;
        _warm.Task.GetAwaiter().GetResult();
    }

    public void Dispose() => _disposed.TrySetResult();
}
