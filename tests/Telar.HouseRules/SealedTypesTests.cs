using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class SealedTypesTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(SealedTypes.Text, Compilations.AllShipped.SelectMany(SealedTypes.Check));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("public class Open { }", "Open is an open public class")]
    [InlineData("public record Open(int Id);", "Open is an open public class")]
    [InlineData("public static class Outer { public class Open { } }", "Outer.Open is an open public class")]
    [InlineData("public class Open { } internal sealed class Derived : Open { }", "Open is an open public class")]
    [InlineData("public class Open { protected Open() { } }", "Open is an open public class")]
    public void An_open_public_class_is_red(string source, string expected) =>
        HouseRule.AssertRed(expected, SealedTypes.Check(Compilations.Snippet(source)));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("public sealed class Closed { } public sealed record Row(int Id); public struct Value { } public interface IOne { }")]
    [InlineData("public abstract class Executor { } public static class Futures { } public delegate void Done();")]
    [InlineData("public class Broken : Exception { } public sealed class BrokenProcess : Broken { }")]
    [InlineData("public class Base<T> { } public sealed class Derived : Base<int> { }")]
    [InlineData("internal class Inside { }")]
    [InlineData("public class Made { internal Made() { } } internal sealed class Derived : Made { }")]
    public void What_is_sealed_inherited_from_or_internal_is_green(string source) =>
        Assert.Empty(SealedTypes.Check(Compilations.Snippet(source)));
}
