using System.Diagnostics.CodeAnalysis;

namespace Telar.Multiprocessing.Workers;

/// <summary>The call a worker is running now, as far as cancelling it goes.</summary>
// Invariants
//   I1  A token source is made when the call's code asks for the token, or when the cancellation comes first, whichever is
//       earlier; a cancellation that came earlier is never lost.
// Locks
//   The object itself, a leaf: token sources are cancelled outside it, because their callbacks are user code.
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer or handle needs no disposal, and user code may hold its token for longer.")]
internal sealed class RunningCall(long sequence)
{
    /// <summary>Stands for the call itself in a cancellation, where other numbers are tokens the call captured.</summary>
    public const int CallToken = -1;

    private CancellationTokenSource? _own;
    private Dictionary<int, CancellationTokenSource>? _captured;
    private bool _cancelled;

    public long Sequence { get; } = sequence;

    public bool IsCancellationRequested => Volatile.Read(ref _cancelled);

    public CancellationToken CancellationToken => GetToken(CallToken, cancelled: false);

    public void Cancel(int token)
    {
        CancellationTokenSource source = GetSource(token);
        Volatile.Write(ref _cancelled, true);
        try
        {
            source.Cancel();
        }
        catch (Exception exception)
        {
            // What a callback of the token throws belongs to whoever cancels, and that is another process.
            Console.Error.WriteLine($"telar: a callback of a cancelled token threw: {exception}");
        }
    }

    public CancellationToken GetToken(int index, bool cancelled)
    {
        CancellationTokenSource source = GetSource(index);
        if (cancelled)
        {
            source.Cancel();
        }

        return source.Token;
    }

    private CancellationTokenSource GetSource(int token)
    {
        // This object is its own lock: it never leaves the worker's two threads.
        lock (this)
        {
            if (token == CallToken)
            {
                return _own ??= new CancellationTokenSource();
            }

            _captured ??= [];
            if (!_captured.TryGetValue(token, out CancellationTokenSource? source))
            {
                _captured[token] = source = new CancellationTokenSource();
            }

            return source;
        }
    }
}
