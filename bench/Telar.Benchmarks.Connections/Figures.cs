namespace Telar.Benchmarks;

using Telar.Multiprocessing;

/// <summary>What is measured. All of this program's sides echo in a thread; CPython's does in a process, as its threads share one lock.</summary>
internal static class Figures
{
    private const int Rounds = 7;
    private const int Small = 64;
    private const int Middle = 64 << 10;
    private const int Big = 64 << 20;

    public static IReadOnlyList<Figure> All =>
    [
        RoundTrip("64 B there and back", "echo64", 2000, Small),
        RoundTrip("64 KiB there and back", "echo64k", 500, Middle),
        RoundTrip("64 MiB there and back", "echo64m", 1, Big),
        new Figure(
            "connecting, with a key, and closing",
            "ns",
            Rounds,
            new Contender("Telar", static _ => ConnectSide(50)),
            Contender.Python("connect", 50, Target.FasterAtLeast(1))),
    ];

    private static Figure RoundTrip(string name, string request, int operations, int size) => new(
        name,
        "ns",
        Rounds,
        new Contender("Telar", _ => EchoRun.Side(operations, size, static () => new ConnectionChannel())),
        new Contender("Unix sockets of .NET", _ => EchoRun.Side(operations, size, StreamChannel.Sockets), Target.TimeAtMost(1.2)),
        new Contender("named pipe of .NET", _ => EchoRun.Side(operations, size, StreamChannel.NamedPipe), Target.TimeAtMost(1)),
        Contender.Python(request, operations, Target.FasterAtLeast(1)));

    private static Task<ISide> ConnectSide(int operations)
    {
        AuthKey key = AuthKey.Generate();
        var listener = new Listener(options: new ListenerOptions { AuthKey = key });
        var options = new ConnectionOptions { AuthKey = key };
        return LoopSide.Tasks(
            operations,
            async count =>
            {
                for (int i = 0; i < count; i++)
                {
                    ValueTask<Connection> accepting = listener.AcceptAsync();
                    using Connection client = await Client.ConnectAsync(listener.Address, options);
                    using Connection server = await accepting;
                }
            },
            listener);
    }
}
