using System.Diagnostics;
using System.Globalization;

namespace Telar.Serialization;

/// <summary>Where the encoder is in a value, for the message of a refusal. Kept only when a value is encoded a second time to find that out.</summary>
[StackTraceHidden]
internal sealed class PathTrace
{
    private readonly List<string> _segments = [];

    internal string Path => _segments.Count == 0 ? "" : string.Concat(_segments).TrimStart('.');

    internal void EnterField(string name) => _segments.Add(name.Length > 0 ? "." + name : "");

    internal void EnterIndex(int index) => _segments.Add(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    /// <summary>Enters the value of a dictionary's entry, named by its key if that can be told in short.</summary>
    internal void EnterEntry(object? key, int index)
    {
        string? name = key switch
        {
            string { Length: <= 64 } text => $"\"{text}\"",
            int or long or short or byte or bool or char or Enum or Guid => Convert.ToString(key, CultureInfo.InvariantCulture),
            _ => null,
        };
        _segments.Add(name is null ? string.Create(CultureInfo.InvariantCulture, $"[#{index}]") : $"[{name}]");
    }

    internal void Leave() => _segments.RemoveAt(_segments.Count - 1);

    /// <summary>Begins anew at a place noted before, for an object whose body was put off.</summary>
    internal void Restart(string path)
    {
        _segments.Clear();
        _segments.Add("." + path);
    }
}
