#pragma warning disable xUnit1051 // the calls that take no token here cannot wait, or have a limit of their own
using System.Net;
using System.Net.Sockets;
using Telar.Internal.Native;
using Telar.Multiprocessing;
using Wait = Telar.Multiprocessing.Connections;
using Pipe = Telar.Multiprocessing.Pipe;

namespace Telar.Tests.Multiprocessing.Connections;

/// <summary>Waiting for many connections, sockets and handles at once.</summary>
public sealed class ConnectionsWaitTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private readonly (Connection First, Connection Second)[] _pipes = [Pipe.Create(), Pipe.Create(), Pipe.Create()];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Connection[] Readers => [.. _pipes.Select(static pipe => pipe.Second)];

    public void Dispose()
    {
        foreach ((Connection first, Connection second) in _pipes)
        {
            first.Dispose();
            second.Dispose();
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_GivesAllThatAreReadyInTheOrderGiven(bool asynchronously)
    {
        Assert.Empty(await WaitAsync(Readers, TimeSpan.Zero));
        Assert.Empty(await WaitAsync(Readers, TimeSpan.FromMilliseconds(5)));
        _pipes[2].First.SendBytes("x"u8);
        _pipes[0].First.Dispose();

        Assert.Equal([Readers[0], Readers[2]], await WaitAsync(Readers, s_long));
        Assert.Equal([Readers[2], Readers[2]], await WaitAsync([Readers[2], Readers[1], Readers[2]], null));

        async Task<IReadOnlyList<Connection>> WaitAsync(Connection[] items, TimeSpan? timeout) => asynchronously
            ? await Wait.WaitAsync(items, timeout, Token)
            : Wait.Wait(items, timeout, Token);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_EndsWhenSomethingComesOrItsTokenIsCancelled(bool asynchronously)
    {
        Task<IReadOnlyList<Connection>> waiting = Begin(Token);
        _pipes[1].First.SendBytes("x"u8);
        Assert.Equal([Readers[1]], await waiting);
        _ = Readers[1].RecvBytes();

        using var stop = new CancellationTokenSource();
        waiting = Begin(stop.Token);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        Task<IReadOnlyList<Connection>> Begin(CancellationToken token) => asynchronously
            ? Wait.WaitAsync(Readers, null, token).AsTask()
            : Task.Factory.StartNew(() => Wait.Wait(Readers, null, token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_TakesSocketsHandlesAndConnectionsTogether()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var signal = new EventDescriptor();
        object[] items = [listening, signal.Handle, _pipes[0].Second];
        Assert.Empty(Wait.Wait(items, TimeSpan.Zero, Token));

        signal.Set();
        Assert.Equal([signal.Handle], Wait.Wait(items, s_long, Token));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listening.LocalEndPoint!, Token);
        Assert.Equal([listening, signal.Handle], Wait.Wait(items, s_long, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_ForNothingOrForWhatCannotBe_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Wait.Wait<Connection>([]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Wait.WaitAsync<Connection>([], cancellationToken: Token));
        Assert.Contains("System.String", Assert.Throws<ArgumentException>(() => Wait.Wait(["text"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Wait.Wait(new object[] { null! }));
        Readers[0].Dispose();
        Assert.Throws<ObjectDisposedException>(() => Wait.Wait(Readers));
        Assert.Throws<ArgumentOutOfRangeException>(() => Wait.Wait([Readers[1]], TimeSpan.FromSeconds(-2)));
    }
}
