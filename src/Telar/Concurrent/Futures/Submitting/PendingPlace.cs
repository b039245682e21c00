using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures.Submitting;

// Invariants
//   I1  The place is given back once: by whoever sets _isFree, at the start or at the end of the call, or because it never was one.

/// <summary>The place of one call among the pending ones of its executor.</summary>
internal sealed class PendingPlace(PendingRoom room) : IStartWaiter
{
    private bool _isFree;

    public bool RunsUserCode => false;

    /// <summary>Keeps the place until the call starts or ends.</summary>
    public void Follow(Future future)
    {
        if (!future.AddWaiter(this) || future.HasRun)
        {
            Leave();
        }
    }

    public void NotifyStart(Future future) => Leave();

    public void Notify(Future future) => Leave();

    /// <summary>Gives the place back.</summary>
    public void Leave()
    {
        if (!Interlocked.Exchange(ref _isFree, true))
        {
            room.Leave();
        }
    }
}
