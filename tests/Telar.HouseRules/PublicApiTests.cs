using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class PublicApiTests
{
    private const string AcceptVariable = "TELAR_ACCEPT_API";

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("Telar")]
    [InlineData("Telar.Testing")]
    public void The_tree_obeys(string package)
    {
        string path = Path.Combine(Repository.Root, "src", package, "PublicApi.txt");
        string actual = PublicApi.Describe(Compilations.AllShipped.Single(assembly => assembly.Name == package));
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        string accepted = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (accepted != actual)
        {
            string[] differences = [.. PublicApi.Differences(accepted, actual)];
            Assert.Fail(
                $"{PublicApi.Text}\nIt differs ('-' only in the file, '+' only in the assembly):\n  {string.Join("\n  ", differences)}\n" +
                $"An intended change is accepted by: {AcceptVariable}=1 ./test.sh Telar.HouseRules\nThen review and commit {path}.");
        }
    }

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_member_that_appears_or_goes_shows_in_the_differences()
    {
        string accepted = PublicApi.Describe(Compilations.Snippet("public sealed class Q { public int A => 1; }"));
        string actual = PublicApi.Describe(Compilations.Snippet(
            "public sealed class Q : ICloneable { public int? A => 1; public object Clone() => this; }"));

        Assert.Equal(
            [
                "public sealed class Q",
                "  - public sealed class Q",
                "  - public int A { get; }",
                "  + public sealed class Q : ICloneable",
                "  + public int? A { get; }",
                "  + public object Clone()",
            ],
            PublicApi.Differences(accepted, actual));
        Assert.Empty(PublicApi.Differences(actual, actual));
    }

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_description_has_all_that_a_caller_can_see_and_nothing_else()
    {
        string text = PublicApi.Describe(Compilations.Snippet("""
            namespace Telar.Queues;

            public abstract class Queue<T> : IDisposable where T : notnull
            {
                protected Queue(int capacity = 8) { }
                private protected Queue(string hidden) { }
                public const string Name = "q";
                public abstract Task<T?> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken = default);
                public required string Label { get; init; }
                public event EventHandler? Changed;
                [Obsolete("no")] public static bool TryTake(ref readonly Queue<T> from, out T? item) { item = default; return false; }
                public static bool operator !(Queue<T> queue) => true;
                void IDisposable.Dispose() { }
                internal void Hidden() => Changed?.Invoke(this, EventArgs.Empty);
                protected internal readonly int _shown;
            }

            public sealed record Point(int X, int Y);
            public readonly struct Size { public int Width { get; init; } }
            [Flags] public enum Modes : byte { None, All = 255 }
            public delegate T Make<out T>(params string[] arguments);
            public static class Extensions { public static void Clear<T>(this Queue<T> queue) where T : class { } }
            public interface IQueue { int Count { get; } }
            internal sealed class Inside { public int A; }
            """));

        Assert.Equal(
            PublicApi.Header + """

            public static class Telar.Queues.Extensions
                public static void Clear<T>(this Telar.Queues.Queue<T> queue) where T : class

            public interface Telar.Queues.IQueue
                int Count { get; }

            public delegate T Telar.Queues.Make<out T>(params string[] arguments)

            [Flags] public enum Telar.Queues.Modes : byte
                All = 255
                None = 0

            public sealed record Telar.Queues.Point : IEquatable<Telar.Queues.Point>
                public Point(int X, int Y)
                public int X { get; init; }
                public int Y { get; init; }

            public abstract class Telar.Queues.Queue<T> where T : notnull : IDisposable
                [Obsolete] public static bool TryTake(ref readonly Telar.Queues.Queue<T> from, out T? item)
                protected Queue(int capacity = 8)
                protected internal readonly int _shown
                public abstract Task<T?> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
                public const string Name = "q"
                public event EventHandler? Changed
                public required string Label { get; init; }
                public static bool operator !(Telar.Queues.Queue<T> queue)

            public readonly struct Telar.Queues.Size
                public int Width { get; init; }

            """,
            text);
    }
}
