namespace Telar.Concurrent.Futures.Waiting;

/// <summary>Ties a call to the token it was submitted with, until the call ends.</summary>
internal sealed class TokenLink : IFutureWaiter
{
    private readonly Future _future;
    private readonly CancellationToken _token;
    private CancellationTokenRegistration _registration;

    private TokenLink(Future future, CancellationToken token)
    {
        _future = future;
        _token = token;
    }

    public bool RunsUserCode => false;

    /// <summary>From now on cancelling <paramref name="token"/> cancels the call, or has it stopped.</summary>
    public static void Tie(Future future, CancellationToken token)
    {
        TokenLink link = new(future, token);
        link._registration = token.UnsafeRegister(static link => ((TokenLink)link!).Fire(), link); // never null: passed here
        if (!future.AddWaiter(link))
        {
            link.Notify(future);
        }
    }

    // Unregister, not Dispose: Dispose waits for a Fire that runs on another thread, and that one may be what ended the future.
    public void Notify(Future future) => _registration.Unregister();

    private void Fire() => _future.CancelFor(_token);
}
