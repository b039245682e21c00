using Telar.Multiprocessing.Pools;

namespace Telar.Tests.Multiprocessing.Pools;

/// <summary>The last lines, and never more than a message can hold.</summary>
public sealed class TailBufferTests
{
    [Fact]
    public void Add_OfManyLines_KeepsTheLast()
    {
        TailBuffer tail = new();
        for (int i = 0; i < 100; i++)
        {
            tail.Add($"line {i}");
        }

        Assert.Equal(Enumerable.Range(100 - TailBuffer.MaxLines, TailBuffer.MaxLines).Select(static i => $"line {i}"), tail.Snapshot());
    }

    [Fact]
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
