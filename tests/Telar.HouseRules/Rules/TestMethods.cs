using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>What every test has in common.</summary>
internal static class TestMethods
{
    public const string Text =
        "Every [Fact] and [Theory] has a Timeout: a test of a lock or a process that hangs must say which one it was.";

    /// <summary>A method that xunit runs.</summary>
    internal readonly record struct Test(
        SourceFile File, ClassDeclarationSyntax Class, MethodDeclarationSyntax Method, AttributeSyntax Attribute)
    {
        public override string ToString() => $"{Class.Identifier.ValueText}.{Method.Identifier.ValueText}";
    }

    public static IEnumerable<Test> In(IEnumerable<SourceFile> files) =>
        from file in files
        from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.Parent is ClassDeclarationSyntax
        from attribute in method.AttributeLists.SelectMany(list => list.Attributes)
        where attribute.Name.ToString() is "Fact" or "Theory" or "FactAttribute" or "TheoryAttribute" or "Xunit.Fact" or "Xunit.Theory"
        select new Test(file, (ClassDeclarationSyntax)method.Parent!, method, attribute);

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files) =>
        from test in In(files)
        where !Names(test.Attribute).Contains("Timeout")
        select test.File.At(
            test.Attribute, $"{test} has no time limit: write [{test.Attribute.Name}(Timeout = ...)].");

    private static IEnumerable<string> Names(AttributeSyntax attribute) =>
        attribute.ArgumentList?.Arguments.Select(argument => argument.NameEquals?.Name.Identifier.ValueText).OfType<string>() ?? [];
}
