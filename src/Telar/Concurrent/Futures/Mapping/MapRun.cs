using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures.Mapping;

// The way of an item:
//
//   source -> feed -> Submit -> executor -> Ended -> _ready -> Take -> MapSequence -> caller
//                (a chunk at a time, as the window allows)         |
//   window <------------------- Observe ---------------------------+
//
// Invariants
//   I1  _open = 1 while the feed may still submit, + 1 for each chunk in flight. Unordered chunks enter _ready before they leave _open,
//       so _ready is closed after the last of them.
//   I2  Ordered chunks enter _ready when they are submitted, by the one thread that feeds: in the order of the items.
//   I3  A chunk is in _inFlight from its submission until its future ends. Whoever sets _aborted stops those that are in it, whoever adds
//       one after that stops it himself.
//   I4  An ordered chunk may be taken in the moment before it is told of its end: _arrived may lag behind _taken, then.
// Locks
//   _lock guards _window, _consumed, _inFlight, _aborted. It is a leaf: submitting, cancelling and telling happen outside it.
// Ownership
//   One feed submits, one consumer takes; executors' threads call Ended.

/// <summary>One map under way: its window, its chunks in flight and its clock.</summary>
internal sealed class MapRun<TResult>
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromMilliseconds(50);

    private readonly Executor _executor;
    private readonly MapOptions _options;
    private readonly long? _total;
    private readonly Deadline _deadline;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly ReadyQueue<MapChunk<TResult>> _ready = new();
    private readonly Lock _lock = new();
    private readonly MapWindow _window;
    private readonly HashSet<MapChunk<TResult>> _inFlight = [];
    private long _consumed;
    private bool _aborted;
    private int _open = 1;
    private ExceptionDispatchInfo? _inputError;
    private long _arrived;
    private long _taken;
    private long _failed;
    private long _lastReport;

    public MapRun(Executor executor, MapOptions options, long? total)
    {
        _executor = executor;
        _options = options;
        _total = total;
        _deadline = Deadline.After(options.Timeout);
        _window = new MapWindow(executor.MaxWorkers, ChunkSizeOf(options), options.Window, total);
    }

    /// <summary>How many items the feed is to read now; 0 when there is no room.</summary>
    /// <param name="yielded">How many results the caller has taken.</param>
    /// <param name="nextRoomAt">How many the caller must have taken before it is worth asking again.</param>
    public int NextChunk(long yielded, out long nextRoomAt)
    {
        lock (_lock)
        {
            nextRoomAt = _window.NextRoomAt(_consumed, yielded);
            return _window.Next(_consumed, yielded);
        }
    }

    /// <summary>Gives a chunk to the executor.</summary>
    /// <remarks>What the executor throws leaves this method, and the chunk is not in flight.</remarks>
    public void Submit(ExecutorCall<MapChunkResult<TResult>> call, int items)
    {
        int ahead;
        lock (_lock)
        {
            _consumed += items;
            ahead = _inFlight.Count;
        }

        long submitted = TimeProvider.System.GetTimestamp();
        Future<MapChunkResult<TResult>> future = _executor.StartCall(call, _options.Call, CancellationToken.None);
        MapChunk<TResult> chunk = new(this, future, items, ahead, submitted);
        Interlocked.Increment(ref _open);
        bool aborted;
        lock (_lock)
        {
            _inFlight.Add(chunk);
            aborted = _aborted;
        }

        if (_options.Ordered)
        {
            _ready.Enqueue(chunk);
        }

        if (!future.AddWaiter(chunk))
        {
            chunk.Notify(future);
        }

        if (aborted)
        {
            future.CancelRunning();
        }
    }

    /// <summary>The feed will submit no more: the source has ended, or thrown <paramref name="error"/>.</summary>
    public void EndInput(ExceptionDispatchInfo? error)
    {
        // Written before _ready is closed, read after it was found closed.
        _inputError = error;
        if (_options.Ordered)
        {
            _ready.Close();
        }
        else
        {
            Leave();
        }
    }

    /// <summary>Called by a chunk whose future has ended.</summary>
    public void Ended(MapChunk<TResult> chunk)
    {
        lock (_lock)
        {
            _inFlight.Remove(chunk);
        }

        if (chunk.HasResult)
        {
            Interlocked.Add(ref _arrived, chunk.Future.Result().Values.Length);
        }

        if (!_options.Ordered)
        {
            _ready.Enqueue(chunk);
            Leave();
        }
    }

    /// <summary>Takes the next chunk and waits for its end.</summary>
    /// <returns><see langword="null"/> at the end of the map.</returns>
    /// <exception cref="TimeoutException">The time of the whole map ran out.</exception>
    public MapChunk<TResult>? Take(long yielded, CancellationToken cancellationToken)
    {
        (TakeOutcome outcome, MapChunk<TResult>? chunk) = _ready.Take(_deadline, cancellationToken);
        bool inTime = outcome != TakeOutcome.OutOfTime
            && (chunk is null || chunk.Future.WaitForEnd(_deadline, cancellationToken));
        return Accept(inTime, chunk, yielded);
    }

    /// <summary>As <see cref="Take"/>, without holding a thread.</summary>
    public async ValueTask<MapChunk<TResult>?> TakeAsync(long yielded, CancellationToken cancellationToken)
    {
        (TakeOutcome outcome, MapChunk<TResult>? chunk) = await _ready.TakeAsync(_deadline, cancellationToken).ConfigureAwait(false);
        bool inTime = outcome != TakeOutcome.OutOfTime
            && (chunk is null || await chunk.Future.WaitForEndAsync(_deadline, cancellationToken).ConfigureAwait(false));
        return Accept(inTime, chunk, yielded);
    }

    /// <summary>Tells the user's progress, unless that was done just now.</summary>
    public void Report(bool isLast)
    {
        if (_options.Progress is { } progress)
        {
            long now = TimeProvider.System.GetTimestamp();
            if (isLast || _lastReport == 0 || TimeProvider.System.GetElapsedTime(_lastReport, now) >= s_reportInterval)
            {
                _lastReport = now;
                long done = Math.Max(Interlocked.Read(ref _arrived), _taken);
                progress.Report(new MapProgress(done, _total, _failed, TimeProvider.System.GetElapsedTime(_start, now)));
            }
        }
    }

    /// <summary>Counts an item that ended with an exception.</summary>
    public void CountFailure() => _failed++;

    /// <summary>Cancels what is in flight: the pending chunks, and on demand also those that run.</summary>
    public void Abort(bool evenRunning)
    {
        MapChunk<TResult>[] chunks;
        lock (_lock)
        {
            _aborted |= evenRunning;
            chunks = [.. _inFlight];
        }

        // All pending ones before any running one: a worker that was stopped would only start the next.
        foreach (MapChunk<TResult> chunk in chunks)
        {
            chunk.Future.Cancel();
        }

        foreach (MapChunk<TResult> chunk in evenRunning ? chunks : [])
        {
            chunk.Future.CancelRunning();
        }
    }

    // An item that is to be repeated, or counted against a limit, is one by itself.
    private static int? ChunkSizeOf(MapOptions options) => options.ChunkSize ?? (options.Call is { IsGoverned: true } ? 1 : null);

    private MapChunk<TResult>? Accept(bool inTime, MapChunk<TResult>? chunk, long yielded)
    {
        if (!inTime)
        {
            string all = _total is { } total ? $" of {total}" : "";
            throw new TimeoutException(
                $"The map had yielded {yielded}{all} results when its time-out of {Phrases.Duration(_options.Timeout ?? default)}, counted " +
                "from the call of Map, ran out. The calls that had not started are cancelled, those that run go on.");
        }

        if (chunk is null)
        {
            _inputError?.Throw();
            return null;
        }

        if (chunk.HasResult)
        {
            MapChunkResult<TResult> result = chunk.Future.Result();
            _taken += result.Values.Length;
            lock (_lock)
            {
                _window.Observe(chunk.Items, result.RunTime, chunk.RoundTrip, chunk.Ahead);
            }
        }

        return chunk;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _ready.Close();
        }
    }
}
