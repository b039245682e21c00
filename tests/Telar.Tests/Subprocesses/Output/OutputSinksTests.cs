using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Subprocesses;
using Telar.Subprocesses.Output;
using Xunit;

namespace Telar.Tests.Subprocesses.Output;

/// <summary>Where output goes in this process. Seen red with: a limit that stops nothing; the first bytes in place of the last.</summary>
public sealed class OutputSinksTests
{
    private const int Limit = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_537)]
    [InlineData(5_000_001)]
    public Task Capture_ReadInPortionsOfAnySize_KeepsEveryByte(int length)
    {
        byte[] expected = Bytes(length);
        using OutputSink sink = Create(Stdio.Pipe);

        Read(sink, expected, seed: length);
        sink.Complete();

        CapturedOutput output = sink.Snapshot();
        Assert.Equal(length, output.Length);
        Assert.True(expected.AsSpan().SequenceEqual(output.Bytes.Span));
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData(10)]
    [InlineData(300_000)]
    public Task Capture_Snapshot_DoesNotChangeByWhatComesLater(int length)
    {
        byte[] expected = Bytes(length * 2);
        using OutputSink sink = Create(Stdio.Pipe);
        Read(sink, expected.AsSpan(0, length), seed: 1);

        CapturedOutput early = sink.Snapshot(isHeld: true);
        Read(sink, expected.AsSpan(length), seed: 2);
        CapturedOutput late = sink.Snapshot();
        sink.Dispose();
        using OutputSink other = Create(Stdio.Pipe);
        Read(other, new byte[length], seed: 3);

        Assert.True(early.IsHeld);
        Assert.True(expected.AsSpan(0, length).SequenceEqual(early.Bytes.Span));
        Assert.True(expected.AsSpan().SequenceEqual(late.Bytes.Span));
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public Task MaxOutput_WhenMoreComes_KeepsWhatItSays(int limit)
    {
        byte[] bytes = Bytes(300_000);
        using OutputSink stops = Limited(limit, OutputOverflow.Stop);
        using OutputSink first = Limited(limit, OutputOverflow.KeepFirst);
        using OutputSink last = Limited(limit, OutputOverflow.KeepLast);

        Assert.False(Read(stops, bytes, seed: 1));
        Assert.True(Read(first, bytes, seed: 1));
        Assert.True(Read(last, bytes, seed: 1));

        Assert.All([stops, first, last], sink => Assert.True(sink.Snapshot().IsTruncated));
        Assert.True(bytes.AsSpan(0, limit).SequenceEqual(stops.Snapshot().Bytes.Span));
        Assert.True(bytes.AsSpan(0, limit).SequenceEqual(first.Snapshot().Bytes.Span));
        Assert.True(bytes.AsSpan(bytes.Length - limit).SequenceEqual(last.Snapshot().Bytes.Span));
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData(OutputOverflow.Stop)]
    [InlineData(OutputOverflow.KeepFirst)]
    [InlineData(OutputOverflow.KeepLast)]
    public Task MaxOutput_WhenExactlyThatComes_DropsNothing(OutputOverflow overflow)
    {
        byte[] bytes = Bytes(100_000);
        using OutputSink sink = Limited(bytes.Length, overflow);

        Assert.True(Read(sink, bytes, seed: 5));

        CapturedOutput output = sink.Snapshot();
        Assert.False(output.IsTruncated);
        Assert.True(bytes.AsSpan().SequenceEqual(output.Bytes.Span));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task MaxOutput_BelowZero_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Limited(-1, OutputOverflow.Stop));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_GetsEverythingAndStaysOpen()
    {
        using var target = new MemoryStream();
        using (OutputSink sink = Create(Stdio.Stream(target)))
        {
            Assert.True(sink.Write("one "u8));
            Assert.True(await sink.WriteAsync("two"u8.ToArray(), Token));
            await sink.CompleteAsync(Token);
            Assert.False(sink.Snapshot().IsCaptured);
        }

        target.WriteByte((byte)'!');
        Assert.Equal("one two!", Encoding.UTF8.GetString(target.ToArray()));
    }

    [Fact(Timeout = Limit)]
    public Task Lines_GetsTheLastLineAtTheEnd()
    {
        var lines = new List<string>();
        using OutputSink sink = Create(Stdio.Lines(lines.Add));

        Assert.True(sink.Write("one\ntw"u8));
        Assert.Equal(["one"], lines);
        Assert.True(sink.Write("o\nthree"u8));
        sink.Complete();

        Assert.Equal(["one", "two", "three"], lines);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Tee_GivesEveryTargetEverything()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("telar-tee").FullName, "log");
        await File.WriteAllTextAsync(path, "before ", Token);
        using var stream = new MemoryStream();
        var lines = new List<string>();
        Stdio choice = Stdio.Tee(
            Stdio.File(path, append: true), Stdio.Stream(stream), Stdio.DevNull, Stdio.Tee(Stdio.Lines(lines.Add), Stdio.Pipe));
        using (OutputSink sink = Create(choice))
        {
            "a\n"u8.CopyTo(sink.GetMemory().Span);
            Assert.True(sink.Advance(2));
            "b"u8.CopyTo(sink.GetMemory().Span);
            Assert.True(await sink.AdvanceAsync(1, Token));
            await sink.CompleteAsync(Token);
            Assert.Equal("a\nb", sink.Snapshot().Text);
        }

        Assert.Equal("before a\nb", await File.ReadAllTextAsync(path, Token));
        Assert.Equal("a\nb", Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal(["a", "b"], lines);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true); // it has a directory
    }

    [Fact(Timeout = Limit)]
    public async Task Tee_OfBothStreamsToOneFile_OverwritesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the position in a file is kept by the stream.");
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "before ", Token);
        using (OutputSink first = Create(Stdio.Tee(Stdio.File(path, append: true))))
        using (OutputSink second = Create(Stdio.Tee(Stdio.File(path, append: true))))
        {
            Assert.True(first.Write("one "u8));
            Assert.True(second.Write("two "u8));
            Assert.True(first.Write("three"u8));
        }

        Assert.Equal("before one two three", await File.ReadAllTextAsync(path, Token));
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public async Task Tee_ToAHandleThatOthersWriteToo_KeepsTheirBytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the position in a file is kept by the stream.");
        string path = Path.GetTempFileName();
        using (SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            DescriptorIO.Write(handle, "one "u8);
            using OutputSink sink = Create(Stdio.Tee(Stdio.Handle(handle)));
            Assert.True(sink.Write("two "u8));
            DescriptorIO.Write(handle, "three "u8);
            Assert.True(sink.Write("four"u8));
        }

        Assert.Equal("one two three four", await File.ReadAllTextAsync(path, Token));
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public Task Tee_WithATargetThatCannotBe_SaysSoAndLeavesNothingOpen()
    {
        string path = Path.GetTempFileName();

        var error = Assert.Throws<ArgumentException>(() => Create(Stdio.Tee(Stdio.File(path), Stdio.Stdout)));

        Assert.Contains("choose Stdio.Stdout for standard error itself", error.Message, StringComparison.Ordinal);
        using (File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
        }

        File.Delete(path);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Create_ForWhatDoesNotComeThroughThisProcess_IsNothing()
    {
        Assert.Null(OutputSinks.Create(null, OutputSource.Stdout, new PopenOptions(), captures: false));
        Assert.All(
            [Stdio.Inherit, Stdio.DevNull, Stdio.Stdout, Stdio.File("x")],
            choice => Assert.Null(OutputSinks.Create(choice, OutputSource.Stderr, new PopenOptions(), captures: true)));
        using OutputSink? captured = OutputSinks.Create(null, OutputSource.Stdout, new PopenOptions(), captures: true);
        Assert.NotNull(captured);
        return Task.CompletedTask;
    }

    private static OutputSink Create(Stdio choice) =>
        OutputSinks.Create(choice, OutputSource.Stdout, new PopenOptions(), captures: false)!; // the tests that want null do not use it

    private static OutputSink Limited(int limit, OutputOverflow overflow) => OutputSinks.Create(
        Stdio.Pipe, OutputSource.Stdout, new PopenOptions { MaxOutput = limit, Overflow = overflow }, captures: false)!; // a pipe

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    // As a pipe would be read: portions of any size, up to what the sink offers.
    private static bool Read(OutputSink sink, ReadOnlySpan<byte> bytes, int seed)
    {
        var random = new Random(seed);
        bool goesOn = true;
        while (!bytes.IsEmpty && goesOn)
        {
            Memory<byte> memory = sink.GetMemory();
            int most = Math.Min(bytes.Length, memory.Length);
            int count = random.Next(2) == 0 ? most : random.Next(1, most + 1);
            bytes[..count].CopyTo(memory.Span);
            goesOn = sink.Advance(count);
            bytes = bytes[count..];
        }

        return goesOn;
    }
}
