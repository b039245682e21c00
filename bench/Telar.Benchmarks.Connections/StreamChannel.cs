namespace Telar.Benchmarks;

using System.IO.Pipes;
using System.Net.Sockets;

/// <summary>Two connected streams; messages have no header, as both sides know the size.</summary>
internal sealed class StreamChannel : IChannel
{
    private readonly Stream _mine;
    private readonly Stream _theirs;
    private byte[] _back = [];

    private StreamChannel(Stream mine, Stream theirs) => (_mine, _theirs) = (mine, theirs);

    /// <summary>Two Unix sockets of .NET.</summary>
    public static StreamChannel Sockets()
    {
        string path = Path.Combine(Path.GetTempPath(), $"telar-bench-{Environment.ProcessId}-{Guid.NewGuid():N}");
        var end = new UnixDomainSocketEndPoint(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(end);
        listener.Listen();
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(end);
        return new StreamChannel(new NetworkStream(client, ownsSocket: true), new NetworkStream(listener.Accept(), ownsSocket: true));
    }

    /// <summary>A named pipe of .NET.</summary>
    public static StreamChannel NamedPipe()
    {
        string name = $"telar-bench-{Environment.ProcessId}-{Guid.NewGuid():N}";
        var server = new NamedPipeServerStream(name, PipeDirection.InOut);
        var client = new NamedPipeClientStream(".", name, PipeDirection.InOut);
        Task waiting = server.WaitForConnectionAsync();
        client.Connect();
        waiting.Wait();
        return new StreamChannel(client, server);
    }

    public void RoundTrip(byte[] message)
    {
        if (_back.Length != message.Length)
        {
            _back = new byte[message.Length];
        }

        _mine.Write(message);
        _mine.ReadExactly(_back);
    }

    public void Echo(int size)
    {
        byte[] message = new byte[size];
        while (_theirs.ReadAtLeast(message, size, throwOnEndOfStream: false) == size)
        {
            _theirs.Write(message);
        }

        _theirs.Dispose();
    }

    public void Dispose() => _mine.Dispose();
}
