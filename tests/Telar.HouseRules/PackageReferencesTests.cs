using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class PackageReferencesTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(PackageReferences.Text, PackageReferences.Check(Repository.Files));

    // What the compiler really bound to, whatever the project files say.
    [Fact(Timeout = HouseRule.Timeout)]
    public void Telar_dll_refers_to_the_platform_alone()
    {
        string platform = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

        Assert.All(
            Compilations.Shipped.Modules.Single().ReferencedAssemblies,
            reference => Assert.True(
                File.Exists(Path.Combine(platform, reference.Name + ".dll")), $"{reference.Name} is no part of .NET."));
    }

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("src/Telar/Telar.csproj", "<PackageReference Include='Newtonsoft.Json' />", "'Newtonsoft.Json' would become a dependency")]
    [InlineData("eng/Library.props", "<PackageReference Include='Polly'><PrivateAssets>compile</PrivateAssets></PackageReference>", "'Polly'")]
    [InlineData("Directory.Build.props", "<ProjectReference Include='../Other/Other.csproj' />", "would have to be shipped")]
    public void A_reference_that_users_would_get_is_red(string path, string item, string expected) =>
        HouseRule.AssertRed(expected, Check(path, item));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("src/Telar/Telar.csproj", "<PackageReference Include='Analyzers' PrivateAssets='all' />")]
    [InlineData("eng/Library.props", "<PackageReference Include='Analyzers'><PrivateAssets>all</PrivateAssets></PackageReference>")]
    [InlineData("eng/Test.props", "<PackageReference Include='xunit.v3' />")]
    public void A_reference_for_the_build_or_a_test_is_green(string path, string item) => Assert.Empty(Check(path, item));

    private static Violation[] Check(string path, string item) =>
        [.. PackageReferences.Check([new SourceFile(path, $"<Project><ItemGroup>{item}</ItemGroup></Project>")])];
}
