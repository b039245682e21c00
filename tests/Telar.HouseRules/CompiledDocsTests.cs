using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class CompiledDocsTests
{
    private const string Fence = "```";

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(CompiledDocs.Text, CompiledDocs.Check(Repository.Files));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_page_that_is_gone_is_red() =>
        HouseRule.AssertRed("docs/tutorial.md: is not there", CompiledDocs.Check([Page("README.md", ""), Page("docs/guarantees.md", "")]));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("csharp", "int x = 1;\nx.NoSuch();", "README.md:4: CS1061")]
    [InlineData("csharp", "using Telar.Concurrent.Futures;\nnew ProcessPoolExecutor(maxWorker: 2);", "README.md:4: CS1739")]
    [InlineData("csharp", "string text = null;\nConsole.WriteLine(text);", "README.md:3: CS8600")]
    [InlineData("csharp ignore", "x y z", "README.md:2: is not compiled, but says no reason")]
    public void A_sample_that_does_not_compile_is_red_on_its_line(string info, string code, string expected) =>
        HouseRule.AssertRed(expected, CompiledDocs.CheckPage(Page("README.md", $"Text.\n{Fence}{info}\n{code}\n{Fence}\n")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void What_is_given_serves_the_next_sample_only()
    {
        const string sample = $"{Fence}csharp\nConsole.WriteLine(path);\n{Fence}\n";
        SourceFile page = Page("README.md", $"<!-- given: string path = \"a\"; -->\n{sample}{sample}");

        HouseRule.AssertRed("README.md:6: CS0103", CompiledDocs.CheckPage(page));
    }

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("csharp", "await using ProcessPoolExecutor pool = new();\nint six = await pool.Submit(() => 6);\nConsole.WriteLine(six);")]
    [InlineData("csharp", "using Telar.Concurrent.Futures;\n\nProcessPoolExecutor pool = new(2);\npool.Shutdown();")]
    [InlineData("csharp", "namespace App;\n\nusing Telar.Concurrent.Futures;\n\ninternal static class Program\n{\n    public static void Main() => new ProcessPoolExecutor().Shutdown();\n}")]
    [InlineData("csharp ignore: needs a broker", "x y z")]
    [InlineData("python", "pool.submit(lambda: 1)")]
    [InlineData("", "dotnet run")]
    public void A_sample_that_compiles_or_is_not_ours_to_compile_is_green(string info, string code) =>
        Assert.Empty(CompiledDocs.CheckPage(Page("README.md", $"{Fence}{info}\n{code}\n{Fence}\n")));

    private static SourceFile Page(string path, string text) => new(path, text);
}
