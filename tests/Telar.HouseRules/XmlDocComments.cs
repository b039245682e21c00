using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Telar.HouseRules;

/// <summary>The doc comments that the compiler wrote beside an assembly.</summary>
internal sealed class XmlDocComments(string path) : DocumentationProvider
{
    private readonly Dictionary<string, string> _comments = XDocument.Load(path).Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.ToString(), StringComparer.Ordinal);

    private string Path { get; } = path;

    public override bool Equals(object? obj) => obj is XmlDocComments other && other.Path == Path;

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    protected override string? GetDocumentationForSymbol(
        string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
        _comments.GetValueOrDefault(documentationMemberID);
}
