using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Concurrent.Futures.Waiting;

// State of _newest
//
//   null (nothing new) <--> the mark (nothing new, and the consumer waits) --> the newest arrival, whose Next is the one before, and so on
//
// Invariants
//   I1  Arrivals enter by a compare-and-swap of _newest, whose release pairs with the acquire of the consumer's exchange: he sees their Next.
//   I2  Whoever replaces the mark releases _wake once: so at most one permit is out for each wait. A permit may be stale (its wait ran out
//       of time in that moment): the consumer looks again after each wake.
// Ownership
//   _oldest belongs to the consumer: what he took from _newest, turned round, and has not given yet.

/// <summary>Where futures arrive when they end, from any number of threads, without a lock; one consumer takes them in that order.</summary>
/// <typeparam name="TFuture">The type of the futures.</typeparam>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing until its wait handle is used; disposed, it would throw in Add.")]
internal sealed class ArrivalList<TFuture>
    where TFuture : Future
{
    private const int Spins = 20;

    private static readonly Arrival<TFuture> s_waits = new(null, null);

    private readonly SemaphoreSlim _wake = new(0);
    private SpinGuide _spin;
    private Arrival<TFuture>? _newest;
    private Arrival<TFuture>? _oldest;

    public void Add(Arrival<TFuture> arrival)
    {
        Arrival<TFuture>? before = Volatile.Read(ref _newest);
        while (true)
        {
            arrival.Next = before == s_waits ? null : before;
            Arrival<TFuture>? found = Interlocked.CompareExchange(ref _newest, arrival, before);
            if (found == before)
            {
                break;
            }

            before = found;
        }

        if (before == s_waits)
        {
            _wake.Release();
        }
    }

    /// <summary>Takes the next arrival; waits for it if need be.</summary>
    /// <returns>Null: the time ran out.</returns>
    public TFuture? Take(Deadline deadline, CancellationToken cancellationToken)
    {
        bool inTime = true;
        TFuture? future;
        while (!TryTake(waits: inTime, out future) && inTime)
        {
            inTime = _wake.Wait(deadline.Remaining, cancellationToken);
        }

        return future;
    }

    /// <summary>Takes the next arrival; waits for it if need be, without holding a thread.</summary>
    /// <returns>Null: the time ran out.</returns>
    public ValueTask<TFuture?> TakeAsync(Deadline deadline, CancellationToken cancellationToken) =>
        TryTake(waits: true, out TFuture? future) ? new ValueTask<TFuture?>(future) : WaitAsync(deadline, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TFuture?> WaitAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        bool inTime = true;
        TFuture? future = null;
        while (inTime)
        {
            inTime = await _wake.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
            if (TryTake(waits: inTime, out future))
            {
                break;
            }
        }

        return future;
    }

    // False: there is none, and if 'waits' the next one that adds wakes the consumer.
    private bool TryTake(bool waits, [MaybeNullWhen(false)] out TFuture future)
    {
        while (_oldest is null)
        {
            if (waits)
            {
                SpinForArrival();
            }

            Arrival<TFuture>? newest = Interlocked.Exchange(ref _newest, null);
            _oldest = newest is null || newest == s_waits ? null : TurnedRound(newest);
            if (_oldest is null && (!waits || Interlocked.CompareExchange(ref _newest, s_waits, null) is null))
            {
                future = null;
                return false;
            }
        }

        Arrival<TFuture> arrival = _oldest;
        future = arrival.Future!; // nobody took it before
        arrival.Future = null;
        _oldest = arrival.Next;
        return true;
    }

    // Futures often end in quick succession: about a microsecond of patience saves a wake-up for each of them.
    private void SpinForArrival()
    {
        if (Volatile.Read(ref _newest) is not null || !_spin.ShouldSpin())
        {
            return;
        }

        int spins = 0;
        while (Volatile.Read(ref _newest) is null && spins++ < Spins)
        {
            Thread.SpinWait(4);
        }

        _spin.Report(success: Volatile.Read(ref _newest) is not null);
    }

    private static Arrival<TFuture> TurnedRound(Arrival<TFuture> newest)
    {
        Arrival<TFuture>? later = null;
        for (Arrival<TFuture>? arrival = newest; arrival is not null;)
        {
            (arrival.Next, later, arrival) = (later, arrival, arrival.Next);
        }

        return later!; // there was at least one
    }
}
