using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class SizesTests
{
    // Listed for a reviewer, not failing: a size is a hint, and cutting a good file in two is no cure.
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_large_files_and_methods_are_listed()
    {
        string[] large = [.. Sizes.Check(Repository.Sources("src")).Select(place => place.ToString()).Order(StringComparer.Ordinal)];
        if (large.Length > 0)
        {
            TestContext.Current.AddWarning("H4: look for the second thing that these do:\n" + string.Join('\n', large));
        }
    }

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_long_file_is_listed() => HouseRule.AssertRed(
        "401 lines", Sizes.Check([new SourceFile("src/Telar/Long.cs", string.Concat(Enumerable.Repeat("// line\n", 401)))]));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_long_method_is_listed() => HouseRule.AssertRed(
        "src/Telar/Long.cs:2: a method of 61 lines",
        Sizes.Check([MethodOf(61)]));

    [Fact(Timeout = HouseRule.Timeout)]
    public void What_keeps_the_limits_is_not_listed() => Assert.Empty(
        Sizes.Check([MethodOf(60)]));

    private static SourceFile MethodOf(int lines) => new(
        "src/Telar/Long.cs", "class Long {\nvoid M()\n{\n" + string.Concat(Enumerable.Repeat(";\n", lines - 3)) + "}\n}");
}
