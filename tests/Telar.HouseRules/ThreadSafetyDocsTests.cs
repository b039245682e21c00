using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class ThreadSafetyDocsTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(ThreadSafetyDocs.Text, Compilations.AllShipped.SelectMany(ThreadSafetyDocs.Check));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("public sealed class Q { }", "Q does not say")]
    [InlineData("/// <summary>A queue.</summary>\npublic sealed class Q { }", "Q does not say")]
    [InlineData("/// <summary>A queue.</summary>\npublic interface IQ { }", "IQ does not say")]
    [InlineData("/// <summary>A queue.</summary>\n// <b>Thread safety.</b> In a comment that no user sees.\npublic struct Q { }", "Q does not say")]
    public void A_type_that_is_silent_about_threads_is_red(string source, string expected) =>
        HouseRule.AssertRed(expected, ThreadSafetyDocs.Check(Compilations.Snippet(source)));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("/// <summary>A queue.</summary>\n/// <remarks><b>Thread safety.</b> All members are safe.</remarks>\npublic sealed class Q { }")]
    [InlineData("public enum Mode { } public delegate void Done(); public sealed class E : InvalidOperationException { } public sealed class A : Attribute { }")]
    [InlineData("internal sealed class Q { }")]
    public void A_type_that_says_it_or_needs_not_is_green(string source) =>
        Assert.Empty(ThreadSafetyDocs.Check(Compilations.Snippet(source)));
}
