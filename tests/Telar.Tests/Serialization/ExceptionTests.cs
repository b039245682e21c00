using System.Collections;
using System.Net.Sockets;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class ExceptionTests
{
    private static T Thrown<T>(T exception)
        where T : Exception
    {
        try
        {
            Throw(exception);
        }
        catch (T e)
        {
            return e;
        }

        return exception;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(Exception e) => throw e;

    [Fact(Timeout = 120_000)]
    public void OwnTypes_ComeBackAsThemselves_WithAllTheyHold()
    {
        var e = Thrown(new ShopException("no milk", 7, ["milk", "eggs"]) { HelpLink = "http://help", Source = "shop", HResult = 77 });
        e.Data["aisle"] = 4;
        e.Data["when"] = DateTime.UnixEpoch;
        var back = Codec.RoundTrip<Exception>(e);
        var shop = Assert.IsType<ShopException>(back);
        Assert.Equal(("no milk", 7, "http://help", "shop", 77), (shop.Message, shop.Code, shop.HelpLink, shop.Source, shop.HResult));
        Assert.Equal(["milk", "eggs"], shop.Items);
        Assert.Equal((4, DateTime.UnixEpoch), (shop.Data["aisle"], shop.Data["when"]));
        Assert.Contains(nameof(Throw), shop.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(Throw), shop.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void NoConstructor_IsCalled()
    {
        int before = ShopException.Constructed;
        byte[] payload = Codec.Encode<Exception>(new ShopException("x", 1, []));
        _ = Codec.Decode<Exception>(payload);
        Assert.Equal(before + 1, ShopException.Constructed);
    }

    [Fact(Timeout = 120_000)]
    public void RemoteFrames_StandAboveTheLocalOnes()
    {
        var back = Codec.RoundTrip<Exception>(Thrown(new ShopException("x", 1, [])));
        var e = Assert.Throws<ShopException>(() => Throw(back));
        string[] parts = e.StackTrace!.Split("--- End of stack trace from previous location ---");
        Assert.Equal(2, parts.Length);
        Assert.Contains(nameof(Throw), parts[0], StringComparison.Ordinal);
        Assert.Contains(nameof(Throw), parts[1], StringComparison.Ordinal);

        // And on over one more process.
        var third = Codec.RoundTrip<Exception>(e);
        Assert.Equal(3, third.StackTrace!.Split("--- End of stack trace").Length);
    }

    [Fact(Timeout = 120_000)]
    public void Messages_AreNotPrintedTwice()
    {
        foreach (Exception e in new Exception[] { new ArgumentException("bad", "par"), new ArgumentOutOfRangeException("par", 5, "bad"), new ObjectDisposedException("name"), new FileNotFoundException(null, "f"), new InvalidOperationException(), new KeyNotFoundException() })
        {
            Exception back = Codec.RoundTrip(e);
            Assert.Equal((e.GetType(), e.Message, e.HResult), (back.GetType(), back.Message, back.HResult));
        }

        Assert.Equal("par", ((ArgumentException)Codec.RoundTrip<Exception>(new ArgumentException("bad", "par"))).ParamName);
        Assert.Equal(5, ((ArgumentOutOfRangeException)Codec.RoundTrip<Exception>(new ArgumentOutOfRangeException("par", 5, "bad"))).ActualValue);
        Assert.Equal("f", ((FileNotFoundException)Codec.RoundTrip<Exception>(new FileNotFoundException(null, "f"))).FileName);
    }

    [Fact(Timeout = 120_000)]
    public void InnerExceptions_AndTrees_ComeBack()
    {
        var inner = new ShopException("deep", 3, []);
        var tree = new AggregateException("many", new InvalidOperationException("a", inner), new AggregateException(inner, new TimeoutException("c")));
        var back = (AggregateException)Codec.RoundTrip<Exception>(tree);
        Assert.Equal(tree.Message, back.Message);
        Assert.Equal(2, back.InnerExceptions.Count);
        Assert.Same(back.InnerException, back.InnerExceptions[0]);
        Assert.Same(back.InnerExceptions[0].InnerException, ((AggregateException)back.InnerExceptions[1]).InnerExceptions[0]);
        Assert.Equal(3, back.Flatten().InnerExceptions.Count);
        Assert.IsType<ShopException>(back.GetBaseException() is AggregateException ? back.InnerExceptions[0].InnerException : null);
        Assert.Contains("deep", back.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void SocketException_KeepsItsCode()
    {
        var back = (SocketException)Codec.RoundTrip<Exception>(new SocketException((int)SocketError.ConnectionRefused));
        Assert.Equal(SocketError.ConnectionRefused, back.SocketErrorCode);
        Assert.Equal(new SocketException((int)SocketError.ConnectionRefused).Message, back.Message);
    }

    [Fact(Timeout = 120_000)]
    public void Cancellations_ComeBack()
    {
        using var source = new CancellationTokenSource();
        var e = (OperationCanceledException)Codec.RoundTrip<Exception>(new OperationCanceledException(source.Token));
        Assert.False(e.CancellationToken.CanBeCanceled);
        source.Cancel();
        e = (OperationCanceledException)Codec.RoundTrip<Exception>(new TaskCanceledException("m", null, source.Token));
        Assert.IsType<TaskCanceledException>(e);
        Assert.True(e.CancellationToken.IsCancellationRequested);
    }

    [Fact(Timeout = 120_000)]
    public void WhatCannotBeSent_IsLeftOut_AndSaid()
    {
        var e = Thrown(new AwkwardException { Stream = Stream.Null, Ok = "kept" });
        e.Data["bad"] = Stream.Null;
        e.Data["good"] = 1;
        var back = Assert.IsType<AwkwardException>(Codec.RoundTrip<Exception>(e));
        Assert.Equal(("kept", null, 1, false), (back.Ok, back.Stream, back.Data["good"], back.Data.Contains("bad")));
        Assert.Contains("not carried over: Stream: ", back.StackTrace, StringComparison.Ordinal);
        Assert.Contains("not carried over: Data entry \"bad\": ", back.StackTrace, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void ATypeThatIsNotThere_BecomesRemoteException()
    {
        byte[] payload = Codec.Encode<Exception>(Thrown(new ShopException("no milk", 7, [])));
        int build = payload.AsSpan().IndexOf(typeof(ShopException).Module.ModuleVersionId.ToByteArray());
        payload[build] ^= 1;
        var back = Assert.IsType<RemoteException>(Codec.Decode<Exception>(payload));
        Assert.Equal("no milk", back.Message);
        Assert.Equal(typeof(ShopException).FullName, back.RemoteType);
        Assert.Contains(nameof(Throw), back.RemoteStackTrace, StringComparison.Ordinal);

        // One process further, it stays what it is.
        var further = Assert.IsType<RemoteException>(Codec.RoundTrip<Exception>(Thrown(back)));
        Assert.Equal((back.RemoteType, back.RemoteStackTrace, "no milk"), (further.RemoteType, further.RemoteStackTrace, further.Message));
    }

    [Fact(Timeout = 120_000)]
    public void TypesThatCannotBeRebuilt_BecomeRemoteException()
    {
        Assert.Equal(typeof(WithFinalizer).FullName, Assert.IsType<RemoteException>(Codec.RoundTrip<Exception>(new WithFinalizer())).RemoteType);
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made"), AssemblyBuilderAccess.Run);
        TypeBuilder builder = assembly.DefineDynamicModule("m").DefineType("MadeException", TypeAttributes.Public, typeof(Exception));
        builder.DefineDefaultConstructor(MethodAttributes.Public);
        var made = (Exception)Activator.CreateInstance(builder.CreateType())!;
        Assert.Equal("MadeException", Assert.IsType<RemoteException>(Codec.RoundTrip(made)).RemoteType);
    }

    [Fact(Timeout = 120_000)]
    public void HostileExceptions_StillArrive()
    {
        var rude = new RudeException();
        Exception back = Codec.RoundTrip<Exception>(rude);
        Assert.IsType<RudeException>(back);

        var circular = new CircularException();
        circular.Self = circular;
        circular.Data["me"] = circular;
        Assert.IsType<CircularException>(Codec.RoundTrip<Exception>(circular));

        Exception chain = new InvalidOperationException("end");
        for (int i = 0; i < 20_000; i++)
        {
            chain = new InvalidOperationException("link", chain);
        }

        int depth = 0;
        for (Exception? e = Codec.RoundTrip(chain); e is not null; e = e.InnerException)
        {
            depth++;
        }

        Assert.Equal(20_001, depth);

        // Exceptions that hold each other in fields: the parts of an exception share nothing, so this must not explode.
        var wide = new CircularException();
        for (int i = 0; i < 40; i++)
        {
            wide = new CircularException { Self = wide, Other = wide };
        }

        Assert.IsType<CircularException>(Codec.RoundTrip<Exception>(wide));
    }

    [Fact(Timeout = 120_000)]
    public void FramesOfTheWorker_AreHidden()
    {
        string text = string.Join(Environment.NewLine,
            "   at My.Code.Inner()", "   at Telar.Concurrent.Futures.ThreadPoolExecutor.Map()", "   at My.Code.<>c.<Main>b__0_0()", "--- End of stack trace from previous location ---",
            "   at Telar.Concurrent.Futures.FuncCall`1.Execute()", "   at Telar.Multiprocessing.Workers.Worker.Run()", "   at StartupHook.Initialize()");
        Assert.Equal(
            string.Join(Environment.NewLine, "   at My.Code.Inner()", "   at Telar.Concurrent.Futures.ThreadPoolExecutor.Map()", "   at My.Code.<>c.<Main>b__0_0()"),
            RemoteStack.WithoutOwnFrames(text));
        string own = "   at Telar.Multiprocessing.Workers.Worker.Run()";
        Assert.Equal(own, RemoteStack.WithoutOwnFrames(own));
        Assert.Equal("   at Telar.Tests.X()", RemoteStack.WithoutOwnFrames("   at Telar.Tests.X()"));
    }

    [Fact(Timeout = 120_000)]
    public void OwnExceptions_CrossAsWell()
    {
        SerializationException e = Codec.Refused<object>(new { stream = Stream.Null });
        var back = (SerializationException)Codec.RoundTrip<Exception>(e);
        Assert.Equal((e.Message, e.Path, e.Culprit), (back.Message, back.Path, back.Culprit));
        var mismatch = new BuildMismatchException("a", Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(mismatch.SenderBuild, ((BuildMismatchException)Codec.RoundTrip<Exception>(mismatch)).SenderBuild);
    }

    [Fact(Timeout = 120_000)]
    public void Exceptions_InsideValues_ComeBack()
    {
        (Exception? e, int n) = Codec.RoundTrip<(Exception?, int)>((new ShopException("x", 5, []), 3));
        Assert.Equal((5, 3), (((ShopException)e!).Code, n));
        var typed = new ShopException("y", 6, []);
        ShopException[] list = Codec.RoundTrip<ShopException[]>([typed, typed]);
        Assert.Same(list[0], list[1]);
    }

    internal sealed class ShopException : Exception
    {
        public ShopException(string message, int code, List<string> items)
            : base(message)
        {
            Code = code;
            Items = items;
            Constructed++;
        }

        internal static int Constructed { get; private set; }

        public int Code { get; }

        public List<string> Items { get; }
    }

    internal sealed class AwkwardException : Exception
    {
        public Stream? Stream { get; init; }

        public string? Ok { get; init; }
    }

    internal sealed class WithFinalizer : Exception
    {
        ~WithFinalizer() => GC.KeepAlive(this);
    }

    internal sealed class RudeException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message for you");

        public override string StackTrace => throw new InvalidOperationException("nor a stack");

        public override IDictionary Data => throw new InvalidOperationException("nor data");

        public override string? Source
        {
            get => throw new InvalidOperationException("nor a source");
            set => throw new InvalidOperationException("nor that");
        }
    }

    internal sealed class CircularException : Exception
    {
        public CircularException? Self { get; set; }

        public CircularException? Other { get; set; }
    }
}
