namespace Telar.Tests.Serialization;

internal static class DelegateExtensions
{
    public static string Quote(this string? text) => $"<<{text}>>";
}
