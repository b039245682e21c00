using System.Diagnostics;
using System.Net.Http;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class RefusalTests
{
    [Fact(Timeout = 120_000)]
    public void TheMessage_SaysWhatWhereWhyAndWhatToDo()
    {
        var db = new { connection = new Connection() };
        int k = 1;
        var e = Codec.Refused<Func<int>>(() => db.connection.Number + k);
        Assert.Equal("closure.db.connection", e.Path);
        Assert.Equal(typeof(Connection), e.Culprit);
        Assert.Equal(
            "closure.db.connection -> Telar.Tests.Serialization.RefusalTests.Connection cannot be sent to another process: an ordinary class is not copied field "
            + "by field unless it says that this is right. Mark it [Sendable], make it a record, or send the data it holds (copy what a lambda needs into a local variable).", e.Message);
    }

    [Fact(Timeout = 120_000)]
    public void Paths_GoThroughEverything()
    {
        Stream s = Stream.Null;
        Assert.Equal("value", Codec.Refused(s).Path);
        Assert.Equal("[1]", Codec.Refused<object?[]>([null, s]).Path);
        Assert.Equal("[0].Inner[\"key\"].Item2", Codec.Refused(new List<Wrap> { new(new() { ["key"] = (1, s) }) }).Path);
        Assert.Equal("Keys[0]", Codec.Refused(new Dictionary<object, int> { [s] = 1 }).Path);
        Assert.Equal("[7]", Codec.Refused(new Dictionary<int, object> { [7] = s }).Path);
        Assert.Equal("[#0]", Codec.Refused(new Dictionary<Uri, object> { [new Uri("http://x")] = s }).Path);
        Func<bool> inner = () => s.CanRead;
        Assert.Equal("closure.inner.s", Codec.Refused(Hold(inner)).Path);
        Assert.Equal("Item1.closure.s", Codec.Refused((inner, 1)).Path.Replace(".s", ".closure.s", StringComparison.Ordinal));
        Assert.Equal("[60]", Codec.Refused(new Stack<object>([s, .. Enumerable.Repeat((object)"x", 60)])).Path);

        // Deep down, where bodies are put off.
        object nested = s;
        for (int i = 0; i < 100; i++)
        {
            nested = new[] { nested };
        }

        Assert.Equal(string.Concat(Enumerable.Repeat("[0]", 100)), Codec.Refused(nested).Path);
        Assert.Equal("function", new SerializationException("m", "function", null).Path);

        static Func<bool> Hold(Func<bool> inner) => () => inner();
    }

    [Fact(Timeout = 120_000)]
    public async Task ThingsOfThisProcess_AreRefused_WithTheRemedy()
    {
        using var cancellation = new CancellationTokenSource();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var http = new HttpClient();
        using var process = Process.GetCurrentProcess();
        using var semaphore = new SemaphoreSlim(1);
        using var mutex = new Mutex();
        await using var timer = new Timer(_ => { });
        (object Value, string Says)[] cases =
        [
            (Stream.Null, "send the path"), (new StringReader("x"), "the text"), (Task.FromResult(1), "Await it"), (Task.CompletedTask, "Await it"),
            (new ValueTask<int>(1), "Await it"), (Thread.CurrentThread, "works on"), (socket, "connect inside"), (http, "connections of this process"),
            (cancellation, "Token"), (process, "Id"), (semaphore, "MaxWorkers"), (mutex, "CancellationToken"), (new[] { new Lock() }.GetValue(0)!, "what the lock guards"),
            (new object(), "identity"), (timer, "Create it inside"), (new WeakReference("x"), "target"), (new WeakReference<string>("x"), "target"),
            (new Random(1), "seed"), (new Lazy<int>(() => 1), "Read its Value"), (Stopwatch.StartNew(), "Elapsed"), ((nint)5, "use long"), ((nuint)5, "use ulong"),
            (GCHandle.Alloc("x"), "handle"), (typeof(string).GetProperty("Length")!, "declaring Type"), (default(HashCode), "differ"),
            (new LinkedList<int>([1]).First!, "the list"), (new TaskCompletionSource<int>(), "Await its task"), (typeof(int).Assembly, "name"),
            (new ThreadLocal<int>(() => 1), "Value"), (AppDomain.CurrentDomain, "Create it inside"), (new System.Collections.Hashtable(), "Create it inside"),
        ];
        foreach ((object value, string says) in cases)
        {
            var e = Codec.Refused(value);
            Assert.Contains(says, e.Message, StringComparison.Ordinal);
            Assert.Contains("cannot be sent to another process", e.Message, StringComparison.Ordinal);
            Assert.Equal(value.GetType(), e.Culprit);
        }

        ((GCHandle)cases.Single(c => c.Value is GCHandle).Value).Free();
    }

    [Fact(Timeout = 120_000)]
    public unsafe void Pointers_AreRefused()
    {
        int x = 1;
        int* p = &x;
        Assert.Equal("pointer", Codec.Refused<Func<int>>(() => (int)(long)p).Path.Replace("closure.p", "pointer", StringComparison.Ordinal));
        Assert.Equal("P", Codec.Refused(new WithPointer { P = p }).Path);
        Assert.Equal("Handle", Codec.Refused(new WithHandle()).Path);
        Assert.Equal("Inner.Handle", Codec.Refused(new WithInner()).Path);
        _ = Codec.Refused(new int*[1]);
    }

    // A list of namespaces would have refused this one.
    [Fact(Timeout = 120_000)]
    public void EnumsBesideRefusedTypes_AreFine() => Assert.Equal(SocketError.TimedOut, Codec.RoundTrip(SocketError.TimedOut));

    [Fact(Timeout = 120_000)]
    public void Null_IsFine_InAnyPlace()
    {
        Assert.Null(Codec.RoundTrip<Stream?>(null));
        Assert.Null(Codec.RoundTrip(new Holder<Task?>(null)).Item);
        Assert.Null(Codec.RoundTrip(new Thread?[1])[0]);
    }

    [Fact(Timeout = 120_000)]
    public void Consent_IsNotInherited_AndNotForOthers()
    {
        var e = Codec.Refused(new Unmarked());
        Assert.Equal(typeof(Unmarked), e.Culprit);
        e = Codec.Refused(new MarkedOnUnmarked());
        Assert.Contains("base class", e.Message, StringComparison.Ordinal);
        Assert.Contains("Mark Connection [Sendable]", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, Codec.RoundTrip(new MarkedOnEmpty { Value = 3 }).Value);
        _ = Codec.Refused(new Impostor());
        Assert.Contains("derives from", Codec.Refused(new MarkedStream()).Message, StringComparison.Ordinal);
        Assert.Contains("[Sendable], make it a record struct", Codec.Refused(new PlainStruct { Text = "x" }).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void CancellationTokens_AreBridged()
    {
        using var one = new CancellationTokenSource();
        using var two = new CancellationTokenSource();
        two.Cancel();
        var context = new EncodeContext();
        CancellationToken a = one.Token, b = two.Token, none = CancellationToken.None;
        byte[] payload = Codec.Encode<Func<(CancellationToken, CancellationToken, CancellationToken, CancellationToken)>>(() => (a, b, none, a), context);
        Assert.Equal([a, b], context.Tokens);

        using var here = new CancellationTokenSource();
        var decode = new DecodeContext { ResolveToken = (index, cancelled) => cancelled ? new CancellationToken(true) : index == context.Tokens.IndexOf(a) ? here.Token : default };
        (CancellationToken a2, CancellationToken b2, CancellationToken none2, CancellationToken a3) =
            Codec.Decode<Func<(CancellationToken, CancellationToken, CancellationToken, CancellationToken)>>(payload, decode)();
        Assert.Equal((here.Token, true, false, here.Token), (a2, b2.IsCancellationRequested, none2.CanBeCanceled, a3));
        Assert.Throws<SerializationException>(() => Codec.Decode<Func<(CancellationToken, CancellationToken, CancellationToken, CancellationToken)>>(payload));

        // With nothing to carry it over: one that never changes again is a value.
        Assert.True(Codec.RoundTrip(b).IsCancellationRequested);
        Assert.False(Codec.RoundTrip(none).CanBeCanceled);
        Assert.Equal(typeof(CancellationToken), Codec.Refused(a).Culprit);

        // What is refused leaves no tokens behind.
        using var writer = new PayloadWriter();
        context.Tokens.Clear();
        context.Tokens.Add(b);
        _ = Assert.Throws<SerializationException>(() => TypedCodec.Write<object[]>(writer, [a, Stream.Null], context));
        Assert.Equal([b], context.Tokens);
    }

    [Fact(Timeout = 120_000)]
    public void ValueThatChangesMeanwhile_IsSaidToHaveChanged()
    {
        var sink = new ChangingSink();
        var list = new List<object> { new byte[10], 1 };
        sink.OnAdd = () => list.Add(2);
        using var writer = new PayloadWriter(sink);
        var e = Assert.Throws<SerializationException>(() => TypedCodec.Write(writer, list));
        Assert.Contains("send a copy", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.Length);
    }

    internal sealed record Wrap(Dictionary<string, (int, object)> Inner);

    internal sealed record Holder<T>(T Item);

    internal class Connection
    {
        public int Number { get; set; } = 1;
    }

    [Sendable]
    internal class Marked
    {
        public int Value { get; set; }
    }

    internal sealed class Unmarked : Marked;

    [Sendable]
    internal sealed class MarkedOnUnmarked : Connection
    {
        public int Value { get; set; }
    }

    internal sealed class Impostor : ITelarSendable
    {
        public int Value { get; set; }
    }

    internal abstract class Empty;

    [Sendable]
    internal sealed class MarkedOnEmpty : Empty
    {
        public int Value { get; set; }
    }

    [Sendable]
    internal sealed class MarkedStream : MemoryStream
    {
        public int Extra { get; set; }
    }

    internal struct PlainStruct
    {
        public string Text;
    }

    [Sendable]
    internal sealed unsafe class WithPointer
    {
        public int* P;
    }

    internal struct WithHandle
    {
        public int Number { get; set; }
        public nint Handle { get; set; }
    }

    internal struct WithInner
    {
        public WithHandle Inner { get; set; }
    }

    private sealed class ChangingSink : BlobSink
    {
        internal Action OnAdd { get; set; } = () => { };

        internal override int Threshold => 10;

        internal override int Add(ReadOnlySpan<byte> content)
        {
            OnAdd();
            return 0;
        }
    }
}
