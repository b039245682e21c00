#pragma warning disable xUnit1051 // the calls that take no token here cannot wait, or have a limit of their own
using System.Net.Sockets;
using Telar.Internal.Native;
using Telar.Multiprocessing;

namespace Telar.Tests.Multiprocessing.Connections;

/// <summary>Listeners and clients: addresses, authentication, and peers that are silent, slow or wrong.</summary>
public sealed class ListenerTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private static readonly AuthKey s_key = AuthKey.FromText("0123456789abcdef");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds => ["auto", "file", "abstract", "inet", "inet6", "name"];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task Client_OfEachKindOfAddress_TalksToTheListener(string kind)
    {
        string folder = Directory.CreateTempSubdirectory("telar-").FullName;
        Address? address = kind switch
        {
            "file" => Address.Unix(Path.Combine(folder, "socket")),
            "abstract" => Address.Abstract($"telar-test-{Guid.NewGuid():N}"),
            "inet" => Address.Inet("127.0.0.1", 0),
            "inet6" => Address.Inet("::1", 0),
            "name" => Address.Inet("localhost", 0),
            _ => null,
        };
        if (kind == "inet6")
        {
            Assert.SkipUnless(Socket.OSSupportsIPv6 && File.Exists("/proc/net/if_inet6"), "This machine has no IPv6.");
        }

        string? file;
        using (var listener = new Listener(address, new ListenerOptions { AuthKey = s_key }))
        {
            file = listener.Address is { Kind: AddressKind.Unix, Path: [not '\0', ..] path } ? path : null;
            Assert.Equal(file is not null, file is not null && File.Exists(file));
            Address dialled = kind == "name" ? Address.Inet("localhost", listener.Address.Port) : listener.Address;
            Assert.True(address is null || listener.Address.Kind == address.Kind);
            Assert.Null(listener.LastAccepted);

            Task<Connection> connecting = Task.Run(() => Client.Connect(dialled, new ConnectionOptions { AuthKey = s_key }, s_long, Token), Token);
            using Connection server = listener.Accept(s_long, Token);
            using Connection client = await connecting;
            Assert.Equal(dialled.Kind == AddressKind.Inet, listener.LastAccepted is { Port: > 0 });

            client.Send("there");
            Assert.Equal("there", server.Recv<string>(s_long, Token));
            server.Send("back");
            Assert.Equal("back", client.Recv<string>(s_long, Token));

            ValueTask<Connection> accepting = listener.AcceptAsync(s_long, Token);
            using Connection second = await Client.ConnectAsync(dialled, new ConnectionOptions { AuthKey = s_key }, s_long, Token);
            using Connection secondServer = await accepting;
            await second.SendBytesAsync("again"u8.ToArray(), s_long, Token);
            Assert.Equal("again"u8.ToArray(), await secondServer.RecvBytesAsync(timeout: s_long, cancellationToken: Token));
        }

        Assert.False(file is not null && File.Exists(file));
        Assert.False(kind == "auto" && Directory.Exists(Path.GetDirectoryName(file)));
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task Accept_OfAWrongKey_TellsBothSides()
    {
        using var listener = new Listener(options: new ListenerOptions { AuthKey = s_key });
        var wrong = new ConnectionOptions { AuthKey = AuthKey.FromText("wrong") };

        Task<Connection> connecting = Task.Run(() => Client.Connect(listener.Address, wrong, s_long, Token), Token);
        AuthenticationException atListener = Assert.Throws<AuthenticationException>(() => listener.Accept(s_long, Token));
        AuthenticationException atClient = await Assert.ThrowsAsync<AuthenticationException>(() => connecting);

        Assert.Contains("does not know the key", atListener.Message, StringComparison.Ordinal);
        Assert.Contains("keys differ", atClient.Message, StringComparison.Ordinal);
        ValueTask<Connection> accepting = listener.AcceptAsync(s_long, Token);
        using Connection right = await Client.ConnectAsync(listener.Address, new ConnectionOptions { AuthKey = s_key }, s_long, Token);
        (await accepting).Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Accept_WhileASilentClientIsThere_TakesTheNextOne()
    {
        using var listener = new Listener(options: new ListenerOptions { AuthKey = s_key, HandshakeTimeout = Timeout.InfiniteTimeSpan });
        using Connection silent = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        using Connection slow = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        Task<Connection> accepting = Task.Run(() => listener.Accept(s_long, Token), Token);
        _ = silent.RecvBytes(timeout: s_long);
        _ = slow.RecvBytes(timeout: s_long);
        _ = SocketIO.TrySend(slow.SafeHandle, [0, 0], default);

        using Connection client = await Client.ConnectAsync(listener.Address, new ConnectionOptions { AuthKey = s_key }, s_long, Token);
        using Connection server = await accepting;

        client.Send(1);
        Assert.Equal(1, server.Recv<int>(s_long, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Handshake_WithASilentPeer_EndsInTime()
    {
        TimeSpan little = TimeSpan.FromMilliseconds(30);
        using var listener = new Listener(options: new ListenerOptions { AuthKey = s_key, HandshakeTimeout = little });
        using Connection silent = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        Assert.Contains("within 0.03 s", Assert.Throws<AuthenticationException>(() => listener.Accept(s_long, Token)).Message, StringComparison.Ordinal);
        Assert.Throws<EndOfStreamException>(() =>
        {
            _ = silent.RecvBytes(timeout: s_long);
            _ = silent.RecvBytes(timeout: s_long);
        });

        using var open = new Listener();
        var options = new ConnectionOptions { AuthKey = s_key, HandshakeTimeout = little };
        await Assert.ThrowsAsync<AuthenticationException>(async () => await Client.ConnectAsync(open.Address, options, s_long, Token));
        Assert.Throws<AuthenticationException>(() => Client.Connect(open.Address, options, s_long, Token));
    }

    [Fact(Timeout = 120_000)]
    public void Accept_OfAnAnswerThatIsTooLong_RefusesIt()
    {
        using var listener = new Listener(options: new ListenerOptions { AuthKey = s_key });
        using Connection rude = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        rude.SendBytes(new byte[257]);

        Assert.Contains("at most 256", Assert.Throws<AuthenticationException>(() => listener.Accept(s_long, Token)).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Accept_WithoutAKey_LetsAnybodyIn()
    {
        using var listener = new Listener();
        using Connection client = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        using Connection server = await listener.AcceptAsync(s_long, Token);
        Assert.Contains("at unix:", server.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Accept_WhenNobodyComes_EndsByTimeTokenOrDispose()
    {
        var listener = new Listener();
        Assert.Throws<TimeoutException>(() => listener.Accept(TimeSpan.Zero));
        await Assert.ThrowsAsync<TimeoutException>(async () => await listener.AcceptAsync(TimeSpan.FromMilliseconds(5), Token));
        using (var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(5)))
        {
            Assert.ThrowsAny<OperationCanceledException>(() => listener.Accept(null, stop.Token));
        }

        ValueTask<Connection> accepting = listener.AcceptAsync(null, Token);
        listener.Dispose();
        listener.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accepting);
        Assert.Throws<ObjectDisposedException>(() => listener.Accept(TimeSpan.Zero));
        Assert.Throws<IOException>(() => Client.Connect(listener.Address, timeout: s_long));
    }

    [Fact(Timeout = 120_000)]
    public async Task Dispose_ClosesThoseWhomNobodyAccepted()
    {
        var listener = new Listener();
        using Connection first = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        (await listener.AcceptAsync(s_long, Token)).Dispose();
        using Connection second = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        using Connection third = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);

        listener.Dispose();

        Assert.Throws<EndOfStreamException>(() => second.RecvBytes(timeout: s_long));
        Assert.Throws<EndOfStreamException>(() => third.RecvBytes(timeout: s_long));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_WhenTheFolderIsGoneAlready_Succeeds(bool isOwn)
    {
        string? folder = isOwn ? null : Directory.CreateTempSubdirectory("telar-").FullName;
        var listener = new Listener(folder is null ? null : Address.Unix(Path.Combine(folder, "socket")));
        Directory.Delete(Path.GetDirectoryName(listener.Address.Path)!, recursive: true);

        listener.Dispose();

        Assert.Throws<ObjectDisposedException>(() => listener.Accept(TimeSpan.Zero));
    }

    [Fact(Timeout = 120_000)]
    public void Connect_WhereNobodyListens_SaysWhere()
    {
        Assert.Contains("/no/such/socket", Assert.Throws<IOException>(() => Client.Connect(Address.Unix("/no/such/socket"))).Message, StringComparison.Ordinal);
        using var listener = new Listener(Address.Inet("127.0.0.1", 0));
        Assert.Contains("port 0", Assert.Throws<IOException>(() => new Listener(listener.Address)).Message, StringComparison.Ordinal);
        listener.Dispose();
        Assert.Contains("ECONNREFUSED", Assert.Throws<IOException>(() => Client.Connect(listener.Address)).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Connect_ToAListenerWithAFullBacklog_WaitsForAPlaceOrItsTime()
    {
        using var listener = new Listener(options: new ListenerOptions { Backlog = 1 });
        var clients = new List<Connection>();
        try
        {
            Assert.Throws<TimeoutException>(() =>
            {
                while (clients.Count < 20)
                {
                    clients.Add(Client.Connect(listener.Address, timeout: TimeSpan.FromMilliseconds(20), cancellationToken: Token));
                }
            });
            await Assert.ThrowsAsync<TimeoutException>(async () => await Client.ConnectAsync(listener.Address, timeout: TimeSpan.FromMilliseconds(20), cancellationToken: Token));

            ValueTask<Connection> waiting = Client.ConnectAsync(listener.Address, timeout: s_long, cancellationToken: Token);
            (await listener.AcceptAsync(s_long, Token)).Dispose();
            clients.Add(await waiting);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }

    [Fact(Timeout = 120_000)]
    public void NamedPipes_AreForWindows()
    {
        Address pipe = Address.Pipe(@"\\.\pipe\telar");
        Assert.Contains("named pipe", Assert.Throws<PlatformNotSupportedException>(() => new Listener(pipe)).Message, StringComparison.Ordinal);
        Assert.Throws<PlatformNotSupportedException>(() => Client.Connect(pipe));
        Assert.Throws<ArgumentException>(() => Address.Pipe("telar"));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:80")]
    [InlineData("unix:/run/x")]
    [InlineData("unix:@x")]
    public void Address_SaysWhatItIs(string text) => Assert.Equal(text, (text switch
    {
        "127.0.0.1:80" => Address.Inet("127.0.0.1", 80),
        "[::1]:80" => Address.Inet("::1", 80),
        "unix:/run/x" => Address.Unix("/run/x"),
        _ => Address.Abstract("x"),
    }).ToString());

    [Fact(Timeout = 120_000)]
    public void Address_ThatCannotBe_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Address.Inet("localhost", 65_536));
        Assert.Throws<ArgumentException>(() => Address.Unix(""));
        Assert.Contains("107", Assert.Throws<ArgumentException>(() => Address.Unix("/" + new string('x', 107))).Message, StringComparison.Ordinal);
        Assert.Equal(Address.Unix("/x"), Address.Unix("/x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ListenerOptions { Backlog = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ListenerOptions { MaxWaiting = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionOptions { HandshakeTimeout = TimeSpan.FromSeconds(-2) });
    }
}
