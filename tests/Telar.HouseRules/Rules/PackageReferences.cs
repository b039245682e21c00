using System.Xml.Linq;

namespace Telar.HouseRules.Rules;

/// <summary>House rule 11: Telar.dll brings nothing along.</summary>
internal static class PackageReferences
{
    public const string Text =
        "Rule 11: src/Telar has no third-party reference, build-time analyzers (PrivateAssets=\"all\") apart. " +
        "Who takes Telar takes no version conflict.";

    // What MSBuild imports into the project.
    private static readonly string[] s_files = ["eng/Library.props", "Directory.Build.props", "Directory.Build.targets"];

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files.Where(file => s_files.Contains(file.Path) || IsProject(file)))
        {
            foreach (XElement item in XDocument.Parse(file.Text, LoadOptions.SetLineInfo).Descendants())
            {
                bool isBuildTime = Value(item, "PrivateAssets") == "all";
                if (item.Name.LocalName == "PackageReference" && !isBuildTime)
                {
                    yield return At(file, item, $"package '{Value(item, "Include")}' would become a dependency of every user of Telar.");
                }
                else if (item.Name.LocalName is "Reference" or "ProjectReference" && !isBuildTime)
                {
                    yield return At(file, item, $"'{Value(item, "Include")}' would have to be shipped beside Telar.dll.");
                }
            }
        }
    }

    private static bool IsProject(SourceFile file) =>
        file.Path.EndsWith(".csproj", StringComparison.Ordinal) && file.IsIn("src/Telar");

    private static string? Value(XElement item, string name) =>
        item.Attribute(name)?.Value ?? item.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value;

    private static Violation At(SourceFile file, XElement item, string message) =>
        new(file.Path, ((System.Xml.IXmlLineInfo)item).LineNumber, message);
}
