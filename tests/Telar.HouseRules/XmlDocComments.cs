using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Telar.HouseRules;

/// <summary>The doc comments that the compiler wrote beside an assembly.</summary>
internal sealed class XmlDocComments(XDocument comments) : DocumentationProvider
{
    private readonly Dictionary<string, string> _comments = comments.Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.ToString(), StringComparer.Ordinal);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    protected override string? GetDocumentationForSymbol(
        string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
        _comments.GetValueOrDefault(documentationMemberID);
}
