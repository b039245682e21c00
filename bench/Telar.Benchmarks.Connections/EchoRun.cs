namespace Telar.Benchmarks;

/// <summary>A channel with its echo thread.</summary>
internal sealed class EchoRun : IDisposable
{
    private readonly IChannel _channel;
    private readonly Thread _echo;
    private readonly byte[] _message;

    private EchoRun(IChannel channel, int size)
    {
        _channel = channel;
        _message = new byte[size];
        _echo = new Thread(() => channel.Echo(size)) { IsBackground = true };
        _echo.Start();
    }

    /// <summary>So many round trips of messages of this size.</summary>
    public static Task<ISide> Side(int operations, int size, Func<IChannel> open)
    {
        var run = new EchoRun(open(), size);
        return LoopSide.Loop(operations, run.Go, run);
    }

    public void Dispose()
    {
        _channel.Dispose();
        _echo.Join();
    }

    private void Go(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _channel.RoundTrip(_message);
        }
    }
}
