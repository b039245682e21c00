namespace Census.Reports;

using System.Text.RegularExpressions;
using Spectre.Console;

/// <summary>The look that all tables share.</summary>
internal static partial class Tables
{
    public static Table New(IAnsiConsole console) => new()
    {
        Border = console.Profile.Capabilities.Ansi ? TableBorder.Simple : TableBorder.None,
        BorderStyle = new Style(Color.Grey),
    };

    public static TableColumn Left(string title) => new TableColumn(title).NoWrap();

    public static TableColumn Right(string title) => new TableColumn(title).RightAligned().NoWrap();

    /// <summary><c>BasicBlocks</c> becomes <c>basic blocks</c>.</summary>
    public static string Words<T>(T value)
        where T : struct, Enum => CapitalLetter().Replace(value.ToString(), " $0").TrimStart().ToLowerInvariant();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex CapitalLetter();
}
