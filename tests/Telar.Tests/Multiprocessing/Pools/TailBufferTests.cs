using Telar.Multiprocessing.Pools;

namespace Telar.Tests.Multiprocessing.Pools;

/// <summary>The last lines, and never more than a message can hold.</summary>
public sealed class TailBufferTests
{
    [Fact(Timeout = 120_000)]
    public void Add_OfManyLines_KeepsTheLast()
    {
        TailBuffer tail = new();
        for (int i = 0; i < 100; i++)
        {
            tail.Add($"line {i}");
        }

        Assert.Equal(Enumerable.Range(100 - TailBuffer.MaxLines, TailBuffer.MaxLines).Select(static i => $"line {i}"), tail.Snapshot());
    }

    /// <summary>Seen red: of a crash with a deep stack the exception's own line was lost.</summary>
    [Fact(Timeout = 120_000)]
    public void Add_OfACrashWithADeepStack_KeepsWhatHappened()
    {
        TailBuffer tail = new();
        tail.Add("before");
        tail.Add("Unhandled exception. System.InvalidOperationException: no disk");
        for (int i = 0; i < 60; i++)
        {
            tail.Add($"   at Frame{i}()");
        }

        IReadOnlyList<string> lines = tail.Snapshot();

        Assert.Equal(
            ["Unhandled exception. System.InvalidOperationException: no disk", "   at Frame0()", "   at Frame1()", "   at Frame2()", "...", "   at Frame40()"],
            lines.Take(6));
        Assert.Equal("   at Frame59()", lines[^1]);
    }

    [Fact(Timeout = 120_000)]
    public void Add_OfAShortCrash_RepeatsNoLine()
    {
        TailBuffer tail = new();
        string[] lines = ["before", "Process terminated.", "the reason", "   at Main()"];
        foreach (string line in lines)
        {
            tail.Add(line);
        }

        Assert.Equal(lines, tail.Snapshot());
    }

    [Fact(Timeout = 120_000)]
    public void Add_OfLongLines_StaysWithinItsBound()
    {
        TailBuffer tail = new();
        for (int i = 0; i < 50; i++)
        {
            tail.Add(new string((char)('a' + (i % 26)), i * 700));
            Assert.InRange(tail.Snapshot().Sum(static line => line.Length), 0, TailBuffer.MaxCharacters);
        }

        Assert.Equal(TailBuffer.MaxCharacters, Assert.Single(tail.Snapshot()).Length);
    }
}
