using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>The call a worker is running now, as far as cancelling it goes.</summary>
// Invariants
//   I1  A token source is made when the call's code asks for the token, or when the cancellation comes first, whichever is
//       earlier; a cancellation that came earlier is never lost.
// Locks
//   _gate is a leaf: token sources are cancelled outside it, because their callbacks are user code.
internal sealed class RunningCall
{
    /// <summary>Stands for the call itself in a cancellation, where other numbers are tokens the call captured.</summary>
    public const int CallToken = -1;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, CancellationTokenSource> _sources = [];
    private bool _cancelled;

    public RunningCall(long sequence)
    {
        Sequence = sequence;
        DecodeContext = new DecodeContext { ResolveToken = (index, cancelled) => GetToken(index, cancelled) };
    }

    public long Sequence { get; }

    public DecodeContext DecodeContext { get; }

    public bool IsCancellationRequested => Volatile.Read(ref _cancelled);

    public CancellationToken CancellationToken => GetToken(CallToken, cancelled: false);

    public void Cancel(int token)
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            source = GetSource_NeedsLock(token);
        }

        Volatile.Write(ref _cancelled, true);
        source.Cancel();
    }

    private CancellationToken GetToken(int index, bool cancelled)
    {
        CancellationTokenSource source;
        lock (_gate)
        {
            source = GetSource_NeedsLock(index);
        }

        if (cancelled)
        {
            source.Cancel();
        }

        return source.Token;
    }

    private CancellationTokenSource GetSource_NeedsLock(int index)
    {
        if (!_sources.TryGetValue(index, out CancellationTokenSource? source))
        {
            _sources[index] = source = new CancellationTokenSource();
        }

        return source;
    }
}
