using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Native;

/// <summary>Pipes, sockets, events and shared memory, and that a child can use its end.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class NativeTests
{
    private const int Limit = 20_000;

    public NativeTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "These are Linux's own.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public Task Pipe_CarriesBytesToTheEnd()
    {
        using Pipe pipe = Pipe.Create();
        var buffer = new byte[5];

        DescriptorIO.Write(pipe.Writer, "hello"u8);
        DescriptorIO.Write(pipe.Writer, "abc"u8);
        pipe.Writer.Dispose();

        Assert.True(DescriptorIO.TryReadExactly(pipe.Reader, buffer));
        Assert.Equal("hello"u8, buffer);
        Assert.Throws<EndOfStreamException>(() => DescriptorIO.TryReadExactly(pipe.Reader, buffer));
        Assert.False(DescriptorIO.TryReadExactly(pipe.Reader, buffer));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Pipe_WithoutAReader_IsEpipe()
    {
        using Pipe pipe = Pipe.Create();
        pipe.Reader.Dispose();

        IOException e = Assert.Throws<IOException>(() => DescriptorIO.Write(pipe.Writer, "x"u8));

        Assert.Equal(Interop.Errno.EPIPE, e.HResult);
        Assert.Contains("EPIPE (Broken pipe)", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task SocketPair_TalksWithAChildAndSeesItsEnd()
    {
        using SocketPair pair = SocketPair.Create();
        using ChildProcess child = ChildProcess.Start(
            new ChildStartInfo { FileName = "cat", StandardInput = pair.Theirs, StandardOutput = pair.Theirs });
        pair.Theirs.Dispose();
        using var socket = new Socket(pair.Mine);
        var buffer = new byte[16];

        _ = await socket.SendAsync("ping"u8.ToArray(), Token);
        Assert.Equal(4, await socket.ReceiveAsync(buffer, Token));
        Assert.Equal("ping"u8, buffer.AsSpan(0, 4));
        socket.Shutdown(SocketShutdown.Send);

        Assert.Equal(0, await socket.ReceiveAsync(buffer, Token));
        Assert.Equal(0, (await child.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task SharedPage_IsOneMemoryForAllWhoAttach()
    {
        using SharedPage page = SharedPage.Create(4096, out SafeFileHandle descriptor);
        using SafeFileHandle memory = descriptor;
        using SharedPage other = SharedPage.Attach(memory, 4096);

        Interlocked.Exchange(ref page.Word(3), 0x0A6F6C6C6568); // "hello\n" as a little-endian number
        Assert.Equal(0x0A6F6C6C6568, Volatile.Read(ref other.Word(3)));

        // A child that got only the descriptor reads the same bytes.
        (string output, _) = await Children.CaptureAsync(
            Children.Shell("tail -c +25 /proc/self/fd/5 | head -c 6") with { Inherited = [new InheritedDescriptor(memory, 5)] });
        Assert.Equal("hello\n", output);

        Assert.Throws<ArgumentOutOfRangeException>(() => page.Word(512));
        Assert.Throws<ArgumentOutOfRangeException>(() => page.Word(-1));
        IOException e = Assert.Throws<IOException>(() => SharedPage.Attach(memory, 4097));
        Assert.Contains("has only 4096", e.Message, StringComparison.Ordinal);
        other.Dispose();
        Assert.Throws<ObjectDisposedException>(() => other.Word(0));
    }

    [Fact(Timeout = Limit)]
    public async Task EpollSet_WakesForAnEventAndTellsItsKey()
    {
        using var set = new EpollSet();
        using var first = new EventDescriptor();
        using var second = new EventDescriptor();
        set.Add(first.Handle, Interop.Libc.EPOLLIN, 11);
        set.Add(second.Handle, Interop.Libc.EPOLLIN, ulong.MaxValue);
        var events = new EpollEvent[4];
        Assert.Equal(0, set.Wait(events, 0));

        Task<int> waiter = Task.Run(() => set.Wait(events, 10_000), Token);
        second.Set();
        Assert.Equal(1, await waiter.WaitAsync(Token));
        Assert.Equal(new EpollEvent(Interop.Libc.EPOLLIN, ulong.MaxValue), events[0]);

        Assert.True(second.Reset());
        Assert.False(second.Reset());
        first.Set();
        first.Set();
        set.Modify(first.Handle, Interop.Libc.EPOLLIN, 12);
        Assert.Equal(1, set.Wait(events, 0));
        Assert.Equal(12UL, events[0].Key);
        set.Remove(first.Handle);
        Assert.Equal(0, set.Wait(events, 0));
        Assert.Throws<IOException>(() => set.Remove(first.Handle));
    }

    [Fact(Timeout = Limit)]
    public Task ProcessCommandLine_EndsWithWhatTheRuntimeKnows()
    {
        string[] kernel = ProcessCommandLine.Read();
        string[] managed = Environment.GetCommandLineArgs();

        // The runtime leaves out the host and names the dll; the arguments of the user are the same.
        Assert.Equal(managed[1..], kernel[^(managed.Length - 1)..]);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task NativeError_NamesTheErrorAndSaysWhatToDo()
    {
        IOException e = NativeError.Exception(Interop.Errno.EMFILE, "Making a pipe failed");

        Assert.Equal(Interop.Errno.EMFILE, e.HResult);
        Assert.StartsWith("Making a pipe failed: EMFILE (Too many open files). ", e.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }
}
