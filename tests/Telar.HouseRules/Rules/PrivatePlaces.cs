using System.Text.RegularExpressions;

namespace Telar.HouseRules.Rules;

/// <summary>The tree speaks of itself alone: no folder of somebody's machine, no address of a package registry.</summary>
internal static partial class PrivatePlaces
{
    public const string Text =
        "A tracked file names no folder that exists on one machine only, and no host of a package registry: " +
        "a clone in another place, or behind a mirror, would read it and fail.";

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files)
        {
            foreach ((int number, string line) in file.Lines)
            {
                if (MachineFolder().Match(line) is { Success: true } folder)
                {
                    yield return new Violation(
                        file.Path, number, $"'{folder.Value}' is a folder of one machine. Use a path relative to the repository.");
                }

                if (RegistryHost().Match(line) is { Success: true } host)
                {
                    yield return new Violation(
                        file.Path, number, $"'{host.Value}' is a package registry. Name the package; each machine knows where it gets packages.");
                }
            }
        }
    }

    // Home folders, and the folders where build machines check code out.
    [GeneratedRegex(@"(?<![\w.\-*~}>)/])/(?:home/\w+|Users/\w+|root|builds|work(?:space)?s?)/[\w.]|\b[A-Za-z]:\\+Users\\+\w+")]
    private static partial Regex MachineFolder();

    [GeneratedRegex(
        @"\b(?:nuget\.org|npmjs\.(?:org|com)|pypi\.org|pythonhosted\.org|crates\.io|rubygems\.org|maven\.org|proxy\.golang\.org|" +
        @"(?:deb|security|archive)\.(?:debian\.org|ubuntu\.com)|packages\.microsoft\.com)\b")]
    private static partial Regex RegistryHost();
}
