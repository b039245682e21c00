using Telar.Concurrent.Futures.Observing;

namespace Telar.Concurrent.Futures;

// Invariants
//   _owner goes from the owner to null, once, when the future has ended; whoever reads the owner before that may still call it, which it allows.

/// <summary>A future whose call is recorded elsewhere.</summary>
internal sealed class OwnedFuture<T>(string? name, IFutureOwner owner) : Future<T>(name)
{
    private IFutureOwner? _owner = owner;

    private protected override IFutureOwner? Owner => Volatile.Read(ref _owner);

    private protected override void ForgetOwner() => (Interlocked.Exchange(ref _owner, null) as IObservedCall)?.Observation?.Ended(this);
}
