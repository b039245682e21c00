namespace Telar.Tests.Concurrent.Futures.Observing;

/// <summary>Holds calls until the test lets them go; opened at the latest at its end, as a call that waits would keep the pool.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _open = new();

    /// <summary>Set when the first call waits here.</summary>
    public ManualResetEventSlim Entered { get; } = new();

    public void Wait()
    {
        Entered.Set();
        _open.Wait();
    }

    public void Open() => _open.Set();

    public void Dispose() => Open();
}
