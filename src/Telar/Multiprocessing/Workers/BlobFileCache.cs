namespace Telar.Multiprocessing.Workers;

/// <summary>Keeps the memory file of the last big message for the next: its pages are there already.</summary>
/// <remarks>One file of at most 128 MiB, given back to the system when nobody wanted it for two seconds.</remarks>
// Locks
//   _gate is a leaf; files are disposed outside it.
internal sealed class BlobFileCache(TimeProvider time) : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const long MaxCapacity = 128L << 20;

    private readonly System.Threading.Lock _gate = new();
    private BlobFile? _spare;
    private long _since;
    private bool _closed;

    /// <summary>True while a file is kept: <see cref="Trim"/> is to be called now and then.</summary>
    public bool HasSpare => Volatile.Read(ref _spare) is not null;

    /// <summary>A file to fill; the caller's until <see cref="Return"/> or its disposal.</summary>
    public BlobFile Rent()
    {
        lock (_gate)
        {
            BlobFile? spare = _spare;
            _spare = null;
            return spare ?? new BlobFile();
        }
    }

    /// <summary>Takes a file back that nobody else uses any more.</summary>
    public void Return(BlobFile file)
    {
        BlobFile? surplus = file;
        if (file.Capacity is > 0 and <= MaxCapacity)
        {
            file.Reset();
            lock (_gate)
            {
                if (!_closed)
                {
                    (_spare, surplus) = (file, _spare);
                    _since = time.GetTimestamp();
                }
            }
        }

        surplus?.Dispose();
    }

    /// <summary>Gives the file back to the system if it was not wanted for long enough.</summary>
    public void Trim()
    {
        BlobFile? old = null;
        lock (_gate)
        {
            if (_spare is not null && time.GetElapsedTime(_since) >= Patience)
            {
                (old, _spare) = (_spare, null);
            }
        }

        old?.Dispose();
    }

    public void Dispose()
    {
        BlobFile? last;
        lock (_gate)
        {
            _closed = true;
            (last, _spare) = (_spare, null);
        }

        last?.Dispose();
    }
}
