#pragma warning disable xUnit1051 // the calls that take no token here cannot wait, or have a limit of their own
using System.Globalization;
using Telar.Internal.Native;
using Telar.Multiprocessing;
using Telar.Serialization;

namespace Telar.Tests.Multiprocessing.Connections;

/// <summary>Connections between Telar and real CPython processes.</summary>
public sealed class PythonPeerTests
{
    private const string Key = "0123456789abcdef";
    private const string Echo = """

        while True:
            try:
                m = c.recv_bytes()
            except EOFError:
                break
            c.send_bytes(m)
        """;

    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool, bool> Peers
    {
        get
        {
            var peers = new TheoryData<string, bool, bool>();
            foreach (string version in new[] { "3.8", "3.11", "3.12", "3.13" })
            {
                foreach (bool unix in new[] { false, true })
                {
                    peers.Add(version, unix, true);
                    peers.Add(version, unix, false);
                }
            }

            return peers;
        }
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Peers))]
    public async Task PythonsClient_TalksToOurListener(string version, bool unix, bool withKey)
    {
        using var listener = new Listener(unix ? null : Address.Inet("127.0.0.1", 0), new ListenerOptions { AuthKey = KeyOrNone(withKey), AllowMd5 = IsOld(version) });
        using var python = new PythonPeer(
            version,
            "c = mc.Client(eval(sys.argv[1]), authkey=eval(sys.argv[2]))" + Echo,
            Spell(listener.Address),
            withKey ? $"b'{Key}'" : "None");

        using (Connection connection = await listener.AcceptAsync(s_long, Token))
        {
            await EchoAsync(connection);
        }

        await python.AssertSucceededAsync();
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Peers))]
    public async Task OurClient_TalksToPythonsListener(string version, bool unix, bool withKey)
    {
        using var python = new PythonPeer(
            version,
            "l = mc.Listener(eval(sys.argv[1]), authkey=eval(sys.argv[2]))\nprint(l.address if isinstance(l.address, str) else l.address[1], flush=True)\nc = l.accept()" + Echo,
            unix ? "None" : "('127.0.0.1', 0)",
            withKey ? $"b'{Key}'" : "None");
        string where = await python.ReadLineAsync();
        Address address = unix ? Address.Unix(where) : Address.Inet("127.0.0.1", int.Parse(where, CultureInfo.InvariantCulture));

        var options = new ConnectionOptions { AuthKey = KeyOrNone(withKey), AllowMd5 = IsOld(version) };
        using (Connection connection = Client.Connect(address, options, s_long, Token))
        {
            await EchoAsync(connection);
        }

        await python.AssertSucceededAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task AWrongKey_IsAnAuthenticationErrorOnBothSides()
    {
        using var listener = new Listener(options: new ListenerOptions { AuthKey = KeyOrNone(true) });
        using var python = new PythonPeer("", """
            try:
                mc.Client(sys.argv[1], authkey=b'wrong')
            except mc.AuthenticationError as e:
                print(e)
            """, listener.Address.Path);

        await Assert.ThrowsAsync<AuthenticationException>(async () => await listener.AcceptAsync(s_long, Token));
        Assert.Equal("digest sent was rejected", await python.ReadLineAsync());
        await python.AssertSucceededAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task AnOldPeer_IsRefusedUntilMd5IsAllowed()
    {
        using var listener = new Listener(options: new ListenerOptions { AuthKey = KeyOrNone(true) });
        using var python = new PythonPeer("3.11", $"""
            try:
                mc.Client(sys.argv[1], authkey=b'{Key}')
            except mc.AuthenticationError as e:
                print(e)
            """, listener.Address.Path);

        AuthenticationException error = await Assert.ThrowsAsync<AuthenticationException>(async () => await listener.AcceptAsync(s_long, Token));

        Assert.Contains("AllowMd5", error.Message, StringComparison.Ordinal);
        await python.AssertSucceededAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Values_AreRefusedInClearWordsInBothDirections()
    {
        using var listener = new Listener();
        using var python = new PythonPeer("", """
            c = mc.Client(sys.argv[1])
            c.send({'a': [1, 2]})
            try:
                c.recv()
            except Exception as e:
                print(type(e).__name__, e)
            """, listener.Address.Path);
        using Connection connection = await listener.AcceptAsync(s_long, Token);

        SerializationException error = await Assert.ThrowsAsync<SerializationException>(async () => await connection.RecvAsync<object>(s_long, Token));
        connection.Send(new[] { 1, 2 });

        Assert.Contains("a pickle (protocol 4)", error.Message, StringComparison.Ordinal);
        Assert.Equal("UnpicklingError invalid load key, '~'.", await python.ReadLineAsync());
        await python.AssertSucceededAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Handles_GoBothWays()
    {
        using var listener = new Listener();
        using var python = new PythonPeer("", """
            import os
            from multiprocessing.reduction import recv_handle, send_handle
            c = mc.Client(sys.argv[1])
            fd = recv_handle(c)
            os.write(fd, b'from python')
            r, w = os.pipe()
            send_handle(c, r, None)
            os.write(w, b'a pipe of python')
            c.recv_bytes()
            """, listener.Address.Path);
        using Connection connection = await listener.AcceptAsync(s_long, Token);
        using Telar.Internal.Native.Pipe pipe = Telar.Internal.Native.Pipe.Create();

        connection.SendHandle(pipe.Writer, s_long, Token);
        byte[] buffer = new byte[100];
        Assert.Equal("from python"u8.ToArray(), buffer.AsSpan(0, DescriptorIO.Read(pipe.Reader, buffer)).ToArray());
        using Microsoft.Win32.SafeHandles.SafeFileHandle received = await connection.RecvHandleAsync(s_long, Token);
        Assert.Equal("a pipe of python"u8.ToArray(), buffer.AsSpan(0, DescriptorIO.Read(received, buffer)).ToArray());
        connection.SendBytes("done"u8);
        await python.AssertSucceededAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task APeerThatIsKilledWithinAMessage_IsAnErrorAndNotAHang()
    {
        using var listener = new Listener();
        using var python = new PythonPeer("", """
            c = mc.Client(sys.argv[1])
            print('here', flush=True)
            c.send_bytes(bytes(100_000_000))
            """, listener.Address.Path);
        using Connection connection = await listener.AcceptAsync(s_long, Token);
        _ = await python.ReadLineAsync();
        Assert.Throws<TimeoutException>(() => connection.RecvBytes(timeout: TimeSpan.Zero));
        Assert.True(connection.Poll(s_long, Token));

        ValueTask<byte[]> receiving = default;
        python.Kill();
        receiving = connection.RecvBytesAsync(timeout: s_long, cancellationToken: Token);

        IOException error = await Assert.ThrowsAnyAsync<IOException>(async () => await receiving);
        Assert.True(error is EndOfStreamException || error.Message.Contains("ended within a message", StringComparison.Ordinal), error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task ASentinel_IsReadyWhenItsProcessHasEnded()
    {
        using var python = new PythonPeer("", "sys.stdin.read()");
        int number = Interop.Libc.pidfd_open(python.Id);
        Assert.SkipWhen(number < 0, "This kernel has no pidfd.");
        using var sentinel = new SafeDescriptor(number);
        object[] items = [sentinel];
        Assert.Empty(Telar.Multiprocessing.Connections.Wait(items, TimeSpan.Zero, Token));

        python.Kill();

        Assert.Equal(items, await Telar.Multiprocessing.Connections.WaitAsync(items, s_long, Token));
    }

    private static AuthKey? KeyOrNone(bool withKey) => withKey ? AuthKey.FromText(Key) : null;

    private static bool IsOld(string version) => version is "3.8" or "3.11";

    private static string Spell(Address address) =>
        address.Kind == AddressKind.Unix ? $"'{address.Path}'" : $"('{address.Path}', {address.Port})";

    private static async Task EchoAsync(Connection connection)
    {
        foreach (int length in new[] { 0, 1, 16_384, 16_385, 1_000_000 })
        {
            byte[] message = new byte[length];
            Random.Shared.NextBytes(message);
            ValueTask sending = connection.SendBytesAsync(message, s_long, Token);
            Assert.Equal(message, await connection.RecvBytesAsync(timeout: s_long, cancellationToken: Token));
            await sending;
        }
    }
}
