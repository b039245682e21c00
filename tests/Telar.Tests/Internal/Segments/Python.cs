using Xunit;

namespace Telar.Tests.Internal.Segments;

/// <summary>The CPython that tests talk to.</summary>
internal static class Python
{
    private static readonly Lazy<string?> s_path = new(Find);

    /// <summary>Skips the test if there is none.</summary>
    internal static string Require()
    {
        Assert.SkipUnless(s_path.Value is not null, "There is no CPython 3.8 or later on the PATH, in ~/.pyenv/versions, or in TELAR_PYTHON.");
        return s_path.Value;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TELAR_PYTHON") is { Length: > 0 } chosen)
        {
            return chosen;
        }

        string home = Environment.GetEnvironmentVariable("PYENV_ROOT") ?? $"{Environment.GetEnvironmentVariable("HOME")}/.pyenv";
        string versions = $"{home}/versions";
        IEnumerable<string> installed = Directory.Exists(versions)
            ? Directory.GetDirectories(versions, "3.*").Where(static folder => IsNewEnough(Path.GetFileName(folder)))
                .OrderByDescending(static folder => Version.Parse(Path.GetFileName(folder))).Select(static folder => $"{folder}/bin/python3")
            : [];
        IEnumerable<string> onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(static folder => $"{folder}/python3");
        return installed.Concat(onPath).FirstOrDefault(File.Exists);
    }

    private static bool IsNewEnough(string version) => Version.TryParse(version, out Version? found) && found >= new Version(3, 8);
}
