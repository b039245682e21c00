namespace Telar.Benchmarks;

using Telar.Multiprocessing;

/// <summary>Telar's pipe.</summary>
internal sealed class ConnectionChannel : IChannel
{
    private readonly Connection _mine;
    private readonly Connection _theirs;
    private byte[] _back = [];

    public ConnectionChannel() => (_mine, _theirs) = Pipe.Create();

    public void RoundTrip(byte[] message)
    {
        if (_back.Length != message.Length)
        {
            _back = new byte[message.Length];
        }

        _mine.SendBytes(message);
        _ = _mine.RecvBytesInto(_back);
    }

    public void Echo(int size)
    {
        byte[] message = new byte[size];
        try
        {
            while (true)
            {
                _theirs.SendBytes(message.AsSpan(0, _theirs.RecvBytesInto(message)));
            }
        }
        catch (EndOfStreamException)
        {
            _theirs.Dispose();
        }
    }

    public void Dispose() => _mine.Dispose();
}
