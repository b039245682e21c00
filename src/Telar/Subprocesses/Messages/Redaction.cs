using System.Collections;

namespace Telar.Subprocesses.Messages;

/// <summary>Blacks out secrets in everything that is made to be read: messages, echoes, traces.</summary>
/// <remarks>
/// Secrets are those of <see cref="PopenOptions.Secrets"/>, and the values of the child's environment variables whose names say that
/// they are one. Short values of variables are left: they would black out half of a text that has nothing to do with them.
/// </remarks>
internal static class Redaction
{
    private const string Black = "***";
    private const int LeastLength = 8;

    private static readonly string[] s_names =
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY"];

    /// <summary>Blacks out what is secret in a text.</summary>
    /// <param name="text">Any text; cut it afterwards, not before.</param>
    /// <param name="options">Say what is secret.</param>
    /// <returns>The text without secrets.</returns>
    internal static string Hide(string text, PopenOptions options)
    {
        foreach (string secret in All(options))
        {
            text = text.Replace(secret, Black, StringComparison.Ordinal);
        }

        return text;
    }

    // The longest first: a secret that is part of another would leave the rest of it.
    private static IEnumerable<string> All(PopenOptions options) =>
        options.Secrets.Concat(FromEnvironment(options)).Where(secret => !string.IsNullOrEmpty(secret))
            .SelectMany(Spellings).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length);

    // As they are, as they look in quotes of a command line, and line by line: a key has many lines, and a program may show one.
    private static IEnumerable<string> Spellings(string secret) =>
    [
        secret,
        CommandLine.QuotedText(secret),
        Words.ShellQuotes.InDouble(secret),
        .. secret.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= LeastLength),
    ];

    private static IEnumerable<string> FromEnvironment(PopenOptions options)
    {
        IEnumerable<(string Name, string? Value)> variables = options.Env is { } env
            ? env.Select(variable => (variable.Key, (string?)variable.Value))
            : Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => ((string)entry.Key, (string?)entry.Value));
        IEnumerable<(string Name, string? Value)> extra = options.ExtraEnv?.Select(variable => (variable.Key, variable.Value)) ?? [];
        return variables.Concat(extra).Where(IsSecret).Select(variable => variable.Value!); // not null: IsSecret has looked
    }

    private static bool IsSecret((string Name, string? Value) variable) =>
        variable.Value is { Length: >= LeastLength } && s_names.Any(name => variable.Name.Contains(name, StringComparison.OrdinalIgnoreCase));
}
