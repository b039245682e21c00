#pragma warning disable xUnit1051 // the calls that take no token here cannot wait, or have a limit of their own
using Telar.Internal.Native;
using Telar.Multiprocessing;
using Telar.Serialization;
using Pipe = Telar.Multiprocessing.Pipe;

namespace Telar.Tests.Multiprocessing.Connections;

/// <summary>Messages over a pipe, with each thing that can go wrong.</summary>
public sealed class ConnectionTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private readonly Connection _first;
    private readonly Connection _second;

    public ConnectionTests() => (_first, _second) = Pipe.Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task SendBytes_OfAnyLength_ArrivesWhole()
    {
        foreach (int length in new[] { 0, 1, 4, 16_384, 16_385, 300_000, 5_000_000 })
        {
            byte[] message = new byte[length];
            Random.Shared.NextBytes(message);
            Task sending = Task.Run(() => _first.SendBytes(message, s_long, Token), Token);
            Assert.Equal(message, _second.RecvBytes(timeout: s_long, cancellationToken: Token));
            await sending;

            ValueTask answering = _second.SendBytesAsync(message, s_long, Token);
            Assert.Equal(message, await _first.RecvBytesAsync(timeout: s_long, cancellationToken: Token));
            await answering;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task RecvBytesInto_ShorterThanTheMessage_GivesTheMessageInTheException()
    {
        byte[] buffer = new byte[4];
        _first.SendBytes("abc"u8);
        _first.SendBytes("too long"u8);
        _first.SendBytes("next"u8);
        _first.SendBytes("last"u8);

        Assert.Equal(3, _second.RecvBytesInto(buffer));
        Assert.Equal("abc\0"u8.ToArray(), buffer);
        BufferTooShortException error = Assert.Throws<BufferTooShortException>(() => _second.RecvBytesInto(buffer));
        Assert.Equal("too long"u8.ToArray(), error.Bytes.ToArray());
        Assert.IsType<ProcessException>(error, exactMatch: false);
        Assert.Equal(4, await _second.RecvBytesIntoAsync(buffer, cancellationToken: Token));
        Assert.Equal("next"u8.ToArray(), buffer);
        Assert.Equal("last"u8.ToArray(), _second.RecvBytes());
    }

    [Fact(Timeout = 120_000)]
    public async Task Send_OfValues_KeepsTypeAndIdentity()
    {
        int[] shared = [1, 2, 3];
        _first.Send<object>(new List<int[]> { shared, shared });
        List<int[]> list = _second.Recv<List<int[]>>();
        Assert.Same(list[0], list[1]);
        Assert.Equal(shared, list[0]);

        await _first.SendAsync("text", s_long, Token);
        Assert.Equal("text", await _second.RecvAsync<object>(s_long, Token));
        _first.Send<string?>(null);
        Assert.Null(_second.Recv<string?>());
        _first.Send(5);
        Assert.Equal(5, _second.Recv<IComparable>());
    }

    [Fact(Timeout = 120_000)]
    public void Recv_OfSomethingElse_SaysWhatItIsAndGoesOn()
    {
        _first.Send(5);
        Assert.Contains("holds a System.Int32", Refusal<float>(), StringComparison.Ordinal);
        _first.Send<string?>(null);
        Assert.Contains("holds null", Refusal<int>(), StringComparison.Ordinal);
        _first.SendBytes(Convert.FromHexString("80049506000000000000008c026869942e"));
        Assert.Contains("a pickle (protocol 4)", Refusal<string>(), StringComparison.Ordinal);
        _first.SendBytes("plain"u8);
        Assert.Contains("5 bytes that Connection.Send", Refusal<string>(), StringComparison.Ordinal);
        _first.SendBytes([(byte)'~', (byte)'T', (byte)'L', 9, 0]);
        Assert.Contains("another version of Telar", Refusal<string>(), StringComparison.Ordinal);
        _first.SendBytes([(byte)'~', (byte)'T', (byte)'L', 1, 200, 200]);
        _ = Refusal<string>();
        _first.Send("fine");
        Assert.Equal("fine", _second.Recv<string>());

        string Refusal<T>() => Assert.Throws<SerializationException>(() => _second.Recv<T>()).Message;
    }

    [Fact(Timeout = 120_000)]
    public void Send_OfWhatCannotTravel_SendsNothing()
    {
        Assert.Throws<SerializationException>(() => _first.Send(new MemoryStream()));
        _first.Send("next");
        Assert.Equal("next", _second.Recv<string>());
    }

    [Fact(Timeout = 120_000)]
    public void Send_OfAToken_IsRefusedUnlessItIsCancelledAlready()
    {
        using var stop = new CancellationTokenSource();
        SerializationException error = Assert.Throws<SerializationException>(() => _first.Send(stop.Token));
        Assert.Contains("nothing carries a cancellation", error.Message, StringComparison.Ordinal);

        stop.Cancel();
        _first.Send(stop.Token);
        Assert.True(_second.Recv<CancellationToken>().IsCancellationRequested);
    }

    [Fact(Timeout = 120_000)]
    public void Write_OfAValueThatIsRefused_LeavesNoDescriptorsBehind()
    {
        var context = new EncodeContext { Descriptors = [] };
        using var writer = new PayloadWriter();

        Assert.Throws<SerializationException>(() => TypedCodec.Write<object[]>(writer, [_first, Stream.Null], context));

        Assert.Empty(context.Descriptors);
    }

    [Fact(Timeout = 120_000)]
    public void OneWayPipe_EachEndDoesItsPart()
    {
        (Connection reader, Connection writer) = Pipe.Create(duplex: false);
        using (reader)
        using (writer)
        {
            Assert.Equal((true, false, false, true), (reader.CanRead, reader.CanWrite, writer.CanRead, writer.CanWrite));
            writer.SendBytes("x"u8);
            Assert.Equal("x"u8.ToArray(), reader.RecvBytes());
            Assert.Throws<InvalidOperationException>(() => reader.SendBytes("x"u8));
            Assert.Throws<InvalidOperationException>(() => writer.RecvBytes());
            Assert.Throws<InvalidOperationException>(() => writer.Poll());
        }
    }

    [Fact(Timeout = 120_000)]
    public void TypedPipe_CarriesItsType()
    {
        (Connection<int> one, Connection<int> other) = Pipe.Create<int>();
        using (one)
        using (other)
        {
            one.Send(7);
            Assert.Same(other, Assert.Single(Telar.Multiprocessing.Connections.Wait([other], s_long, Token)));
            Assert.Equal(7, other.Recv());
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Poll_SaysWhetherSomethingIsThere()
    {
        Assert.False(_second.Poll());
        Assert.False(_second.Poll(TimeSpan.FromMilliseconds(5), Token));
        Assert.False(await _second.PollAsync(TimeSpan.FromMilliseconds(5), Token));
        ValueTask<bool> later = _second.PollAsync(s_long, Token);
        _first.SendBytes("x"u8);
        Assert.True(await later);
        Assert.True(_second.Poll());
        _ = _second.RecvBytes();
        Assert.False(_second.Poll());
        _first.Dispose();
        Assert.True(_second.Poll(Timeout.InfiniteTimeSpan, Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => _second.Poll(TimeSpan.FromSeconds(-2)));
    }

    [Fact(Timeout = 120_000)]
    public void Recv_AfterTheOtherEndHasClosed_GivesTheRestAndThenTheEnd()
    {
        _first.SendBytes("last"u8);
        _first.Dispose();
        _first.Dispose();

        Assert.Equal("last"u8.ToArray(), _second.RecvBytes());
        Assert.Throws<EndOfStreamException>(() => _second.RecvBytes());
        Assert.Throws<EndOfStreamException>(() => _second.RecvBytes());
        IOException error = Assert.Throws<IOException>(() => _second.SendBytes("x"u8));
        Assert.Contains("EPIPE", error.Message, StringComparison.Ordinal);
        Assert.True(_first.IsClosed);
        Assert.False(_first.CanRead || _first.CanWrite);
        Assert.Throws<ObjectDisposedException>(() => _first.SafeHandle);
        Assert.Throws<ObjectDisposedException>(() => _first.RecvBytes());
        Assert.Throws<ObjectDisposedException>(() => _first.SendBytes("x"u8));
    }

    [Fact(Timeout = 120_000)]
    public void Recv_WhenTheOtherEndHadNotReadAll_FindsTheEnd()
    {
        _second.SendBytes("never read"u8);
        _first.Dispose();

        Assert.Throws<EndOfStreamException>(() => _second.RecvBytes(timeout: s_long));
    }

    [Fact(Timeout = 120_000)]
    public void Recv_OfAStreamThatEndsAnywhereInAMessage_SaysSo()
    {
        byte[] stream = [0, 0, 0, 3, 1, 2, 3];
        for (int length = 1; length < stream.Length; length++)
        {
            (Connection reader, Connection writer) = Pipe.Create();
            using (reader)
            {
                using (writer)
                {
                    Assert.Equal(length, SocketIO.TrySend(writer.SafeHandle, stream.AsSpan(0, length), default));
                }

                IOException error = Assert.Throws<IOException>(() => reader.RecvBytes(timeout: s_long));
                Assert.Contains("ended within a message", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public void Recv_OfBytesThatComeOneByOne_KeepsThemOverTimeouts()
    {
        byte[] stream = [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0];
        for (int i = 0; i < 6; i++)
        {
            _ = SocketIO.TrySend(_first.SafeHandle, stream.AsSpan(i, 1), default);
            Assert.Throws<TimeoutException>(() => _second.RecvBytes(timeout: TimeSpan.Zero));
            Assert.True(_second.Poll());
        }

        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
        Assert.ThrowsAny<OperationCanceledException>(() => _second.RecvBytesInto(new byte[9], null, cancelled.Token));
        _ = SocketIO.TrySend(_first.SafeHandle, stream.AsSpan(6), default);
        Assert.Equal([1, 2, 3], _second.RecvBytes(timeout: s_long));
        Assert.Equal([], _second.RecvBytes(timeout: s_long));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("80000000")]
    [InlineData("FFFFFFFE")]
    public void Recv_OfANegativeLength_EndsReceivingOnly(string header)
    {
        _ = SocketIO.TrySend(_first.SafeHandle, Convert.FromHexString(header), default);

        Assert.Throws<InvalidDataException>(() => _second.RecvBytes(timeout: s_long));
        Assert.False(_second.CanRead);
        Assert.Throws<IOException>(() => _second.RecvBytes(timeout: s_long));
        _second.SendBytes("still"u8);
        Assert.Equal("still"u8.ToArray(), _first.RecvBytes());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("0000000B")]
    [InlineData("FFFFFFFF0000000080000000")]
    [InlineData("FFFFFFFF8000000000000000")]
    public void Recv_OfAMessageThatIsTooLong_EndsReceivingBeforeTakingMemory(string header)
    {
        _ = SocketIO.TrySend(_first.SafeHandle, Convert.FromHexString(header), default);
        long before = GC.GetAllocatedBytesForCurrentThread();

        IOException error = Assert.Throws<IOException>(() => _second.RecvBytes(maxLength: 10, timeout: s_long));

        Assert.Contains("at most 10", error.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
        Assert.False(_second.CanRead);
        Assert.True(_second.CanWrite);
        Assert.Throws<ArgumentOutOfRangeException>(() => _second.RecvBytes(maxLength: -1));
    }

    [Fact(Timeout = 120_000)]
    public void Recv_OfAMessageLongerThanAnyArray_IsRefusedWhateverTheLimit()
    {
        _ = SocketIO.TrySend(_first.SafeHandle, Convert.FromHexString("7FFFFFFF"), default);

        IOException error = Assert.Throws<IOException>(() => _second.RecvBytes(maxLength: int.MaxValue, timeout: TimeSpan.Zero));

        Assert.Contains($"at most {Array.MaxLength}", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void MaxMessageLength_HoldsForValuesToo()
    {
        _second.MaxMessageLength = 100;
        _first.Send(new byte[200]);
        Assert.Throws<IOException>(() => _second.Recv<byte[]>());
        Assert.Throws<ArgumentOutOfRangeException>(() => _second.MaxMessageLength = -1);
    }

    [Fact(Timeout = 120_000)]
    public async Task SendBytes_ThatDoesNotFitInTime_EndsSendingAndSaysSo()
    {
        byte[] big = new byte[8 << 20];

        Assert.Throws<TimeoutException>(() => _first.SendBytes(big, TimeSpan.FromMilliseconds(20), Token));

        Assert.False(_first.CanWrite);
        IOException error = await Assert.ThrowsAsync<IOException>(async () => await _first.SendAsync(1, s_long, Token));
        Assert.Contains("left in part", error.Message, StringComparison.Ordinal);
        _second.SendBytes("other way"u8);
        Assert.Equal("other way"u8.ToArray(), _first.RecvBytes());
    }

    [Fact(Timeout = 120_000)]
    public async Task SendBytes_ThatCannotBegin_MayBeSentAgain()
    {
        byte[] chunk = new byte[1 << 16];
        while (SocketIO.TrySend(_first.SafeHandle, chunk, default) > 0)
        {
        }

        Assert.Throws<TimeoutException>(() => _first.SendBytes("x"u8, TimeSpan.Zero));
        await Assert.ThrowsAsync<TimeoutException>(async () => await _first.SendBytesAsync("x"u8.ToArray(), TimeSpan.FromMilliseconds(5), Token));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
        Assert.ThrowsAny<OperationCanceledException>(() => _first.Send("x", null, cancelled.Token));
        Assert.True(_first.CanWrite);

        while (SocketIO.TryReceive(_second.SafeHandle, chunk, []) > 0)
        {
        }

        _first.SendBytes("x"u8, s_long, Token);
        Assert.Equal("x"u8.ToArray(), _second.RecvBytes(timeout: s_long));
    }

    [Fact(Timeout = 120_000)]
    public async Task RoundTrips_ThatWait_AllocateNothing()
    {
        const int Rounds = 1000;
        Task echo = Run(Echo);
        long allocated = 0;
        await Run(() =>
        {
            byte[] message = new byte[64];
            RoundTrips(message);
            long before = GC.GetAllocatedBytesForCurrentThread();
            RoundTrips(message);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        await echo;

        // Another test may have the events that threads wait with, so that a few are made here.
        Assert.True(allocated < Rounds * 20, $"{allocated} bytes for {Rounds} round trips.");

        void RoundTrips(byte[] message)
        {
            for (int i = 0; i < Rounds; i++)
            {
                _first.SendBytes(message, s_long);
                _ = _first.RecvBytesInto(message, s_long);
            }
        }

        void Echo()
        {
            byte[] message = new byte[64];
            for (int i = 0; i < 2 * Rounds; i++)
            {
                _second.SendBytes(message.AsSpan(0, _second.RecvBytesInto(message, s_long)), s_long);
            }
        }

        static Task Run(Action action) => Task.Factory.StartNew(action, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_EndsTheWaitsOfOthers(bool asynchronously)
    {
        Task waiting = asynchronously
            ? _second.RecvBytesAsync(cancellationToken: Token).AsTask()
            : Task.Factory.StartNew(() => _second.RecvBytes(cancellationToken: Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(await EventuallyAsync(() => IsReceiving(_second)));

        _second.Dispose();

        ObjectDisposedException error = await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Equal(typeof(Connection).FullName, error.ObjectName);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancelling_EndsTheWaitAndNothingElse()
    {
        using var stop = new CancellationTokenSource();
        ValueTask<string> waiting = _second.RecvAsync<string>(null, stop.Token);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.ThrowsAny<OperationCanceledException>(() => _second.Recv<string>(null, stop.Token));

        _first.Send("here");
        Assert.Equal("here", await _second.RecvAsync<string>(s_long, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task ASecondReceiver_IsRefusedAndTheFirstGoesOn()
    {
        ValueTask<byte[]> waiting = _second.RecvBytesAsync(timeout: s_long, cancellationToken: Token);

        Assert.Contains("One thread may receive", Assert.Throws<InvalidOperationException>(() => _second.RecvBytes()).Message, StringComparison.Ordinal);
        _first.SendBytes("x"u8);
        Assert.Equal("x"u8.ToArray(), await waiting);
    }

    [Fact(Timeout = 120_000)]
    public async Task ASecondSender_IsRefusedAndMessagesStayWhole()
    {
        byte[] big = new byte[8 << 20];
        ValueTask sending = _first.SendBytesAsync(big, s_long, Token);

        Assert.Contains("One thread may send", Assert.Throws<InvalidOperationException>(() => _first.Send(1)).Message, StringComparison.Ordinal);
        Assert.Equal(big.Length, (await _second.RecvBytesAsync(timeout: s_long, cancellationToken: Token)).Length);
        await sending;
        _first.Send(1);
        Assert.Equal(1, _second.Recv<int>());
    }

    [Fact(Timeout = 120_000)]
    public async Task ManyThreads_ThatSendAtRandom_NeverTearAMessage()
    {
        const int Messages = 300;
        Task[] senders = [.. Enumerable.Range(1, 3).Select(sender => Task.Run(
            () =>
            {
                for (int i = 0; i < Messages;)
                {
                    byte[] message = new byte[1 + (i * 37 % 5000)];
                    message.AsSpan().Fill((byte)sender);
                    try
                    {
                        _first.SendBytes(message, s_long, Token);
                        i++;
                    }
                    catch (InvalidOperationException)
                    {
                        _ = Thread.Yield();
                    }
                }
            },
            Token))];

        for (int i = 0; i < 3 * Messages; i++)
        {
            byte[] message = await _second.RecvBytesAsync(timeout: s_long, cancellationToken: Token);
            Assert.All(message, value => Assert.Equal(message[0], value));
        }

        await Task.WhenAll(senders);
    }

    [Fact(Timeout = 120_000)]
    public void SendHandle_GivesTheOtherEndADescriptorOfItsOwn()
    {
        using Telar.Internal.Native.Pipe pipe = Telar.Internal.Native.Pipe.Create();
        _first.SendBytes("before"u8);
        _first.SendHandle(pipe.Writer);
        _first.SendBytes("after"u8);

        Assert.Equal("before"u8.ToArray(), _second.RecvBytes());
        using (Microsoft.Win32.SafeHandles.SafeFileHandle received = _second.RecvHandle(s_long, Token))
        {
            Assert.NotEqual(pipe.Writer.DangerousGetHandle(), received.DangerousGetHandle());
            DescriptorIO.Write(received, "hi"u8);
        }

        Assert.Equal("after"u8.ToArray(), _second.RecvBytes());
        byte[] read = new byte[2];
        Assert.True(DescriptorIO.TryReadExactly(pipe.Reader, read));
        Assert.Equal("hi"u8.ToArray(), read);
    }

    [Fact(Timeout = 120_000)]
    public async Task RecvHandle_OfAMessage_EndsReceiving()
    {
        await Assert.ThrowsAsync<TimeoutException>(async () => await _second.RecvHandleAsync(TimeSpan.Zero, Token));
        _first.SendBytes("x"u8);
        Assert.Throws<InvalidDataException>(() => _second.RecvHandle(s_long, Token));
        Assert.False(_second.CanRead);
    }

    [Fact(Timeout = 120_000)]
    public async Task Send_OfConnections_GivesTheOtherSideEndsOfItsOwn()
    {
        (Connection mine, Connection travelling) = Pipe.Create();
        using (mine)
        {
            using (travelling)
            {
                await _first.SendAsync(new Connection[] { travelling, travelling }, s_long, Token);
            }

            Connection[] arrived = await _second.RecvAsync<Connection[]>(s_long, Token);
            using Connection end = arrived[0];
            Assert.Same(end, arrived[1]);
            mine.Send("through");
            Assert.Equal("through", end.Recv<string>(s_long, Token));
        }

        (Connection<int> reader, Connection<int> writer) = Pipe.Create<int>(duplex: false);
        using (reader)
        using (writer)
        {
            _first.Send(reader);
            using Connection<int> end = _second.Recv<Connection<int>>(s_long, Token);
            Assert.False(end.Untyped.CanWrite);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Descriptors_NobodyTakes_AreClosed()
    {
        int before = Sockets();
        for (int i = 0; i < 100; i++)
        {
            (Connection mine, Connection travelling) = Pipe.Create();
            using (mine)
            using (travelling)
            {
                _first.Send(travelling);
                Assert.Throws<SerializationException>(() => _second.Recv<string>());
                _first.Send(travelling);
                _ = _second.RecvBytes();
                _ = SocketIO.TrySend(_first.SafeHandle, [0, 0, 0, 0], default, [travelling.SafeHandle, travelling.SafeHandle]);
                _ = _second.RecvBytes();
                mine.SendBytes("x"u8);
                Assert.True(travelling.Poll());
            }
        }

        // Other tests have sockets too, but not so many.
        Assert.True(Sockets() < before + 100);
    }

    [Fact(Timeout = 120_000)]
    public void Recv_OfAConnectionWithoutItsSocket_SaysSoAndGoesOn()
    {
        using Telar.Internal.Native.Pipe pipe = Telar.Internal.Native.Pipe.Create();
        using var message = new PayloadWriter();
        TypedMessage.Write(message, _first, new EncodeContext { Descriptors = [] });
        byte[] header = new byte[MessageHeader.ShortSize];
        _ = MessageHeader.Write(header, message.Length);

        _first.SendBytes(message.WrittenSpan);
        Assert.Contains("the number of a descriptor", Refusal(), StringComparison.Ordinal);
        _ = SocketIO.TrySend(_first.SafeHandle, header, message.WrittenSpan, [pipe.Writer]);
        Assert.Contains("is no socket", Refusal(), StringComparison.Ordinal);

        // Nobody has kept the end of the pipe that came.
        pipe.Writer.Dispose();
        Assert.Equal(0, DescriptorIO.Read(pipe.Reader, header));
        _first.Send("next");
        Assert.Equal("next", _second.Recv<string>());

        string Refusal() => Assert.Throws<SerializationException>(() => _second.Recv<Connection>(s_long, Token)).Message;
    }

    [Fact(Timeout = 120_000)]
    public void FromHandle_TakesSocketsOnly()
    {
        using Telar.Internal.Native.Pipe pipe = Telar.Internal.Native.Pipe.Create();
        Assert.Contains("no socket", Assert.Throws<ArgumentException>(() => Connection.FromHandle(pipe.Reader)).Message, StringComparison.Ordinal);
        SocketPair pair = SocketPair.Create();
        Assert.Throws<ArgumentException>(() => Connection.FromHandle(pair.Mine, canRead: false, canWrite: false));
        using Connection one = Connection.FromHandle(pair.Mine);
        using Connection other = Connection.FromHandle(pair.Theirs);
        one.Send(1);
        Assert.Equal(1, other.Recv<int>());
    }

    [Fact(Timeout = 120_000)]
    public void TenThousandPipes_LeaveNothing()
    {
        int before = Sockets();
        for (int i = 0; i < 10_000; i++)
        {
            (Connection one, Connection other) = Pipe.Create();
            one.SendBytes("x"u8);
            Assert.True(other.Poll());
            one.Dispose();
            other.Dispose();
        }

        // Other tests have sockets too, but not so many.
        Assert.True(Sockets() < before + 100);
    }

    [Fact(Timeout = 120_000)]
    public async Task TcpConnections_CarryNoDescriptors()
    {
        using var listener = new Listener(Address.Inet("127.0.0.1", 0));
        ValueTask<Connection> accepting = listener.AcceptAsync(s_long, Token);
        using Connection client = Client.Connect(listener.Address, timeout: s_long, cancellationToken: Token);
        using Connection server = await accepting;

        Assert.Throws<InvalidOperationException>(() => client.SendHandle(_first.SafeHandle));
        Assert.Contains("cannot go along", Assert.Throws<SerializationException>(() => client.Send(_first)).Message, StringComparison.Ordinal);
        client.Send("next");
        Assert.Equal("next", server.Recv<string>());
    }

    private static int Sockets() => Directory.GetFiles("/proc/self/fd")
        .Count(static file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private static async Task<bool> EventuallyAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, Token);
        }

        return true;
    }

    private static bool IsReceiving(Connection connection)
    {
        try
        {
            _ = connection.Poll();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }
}
