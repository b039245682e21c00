using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Xunit;

namespace Telar.Tests.Subprocesses.Windows;

/// <summary>The environment of a child on Windows, where the case of a name means nothing.</summary>
public class WindowsEnvironmentTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public Task Create_SortsWithoutCaseAndEndsWithTwoZeros()
    {
        var startInfo = new ChildStartInfo
        {
            FileName = "p",
            Environment = new Dictionary<string, string> { ["z"] = "1", ["Beta"] = "=2", ["alpha"] = "", ["_"] = "3" },
        };

        string[] variables = WindowsEnvironmentBlock.Create(startInfo, "mark").Split('\0');

        Assert.Equal(["", ""], variables[^2..]);
        Assert.Equal(["alpha=", "Beta==2", "TELAR_JOB", "z=1", "_=3"], variables[..^2].Select(
            static text => text.StartsWith("TELAR_JOB=", StringComparison.Ordinal) ? "TELAR_JOB" : text));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Create_WithNamesThatDifferByCaseAlone_IsRefused()
    {
        var startInfo = new ChildStartInfo
        {
            FileName = "p", Environment = new Dictionary<string, string> { ["Path"] = "1", ["PATH"] = "2" },
        };

        ArgumentException e = Assert.Throws<ArgumentException>(() => WindowsEnvironmentBlock.Create(startInfo, "mark"));

        Assert.Contains("'Path' and 'PATH'", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Create_WithAMarkOfTheCaller_WritesItsOwn()
    {
        var startInfo = new ChildStartInfo
        {
            FileName = "p", Environment = new Dictionary<string, string> { ["telar_job"] = "theirs" },
        };

        string block = WindowsEnvironmentBlock.Create(startInfo, "mark");

        Assert.DoesNotContain("theirs", block, StringComparison.Ordinal);
        Assert.EndsWith("mark\0\0", block, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Environment_OfOptions_ChangesWhateverTheCase()
    {
        var options = new PopenOptions
        {
            Env = new Dictionary<string, string> { ["Path"] = "1", ["KEEP"] = "2", ["Gone"] = "3" },
            ExtraEnv = new Dictionary<string, string?> { ["PATH"] = "4", ["GONE"] = null, ["New"] = "5" },
        };

        Dictionary<string, string>? all = WindowsOptions.Environment(options);

        Assert.Equal(["KEEP=2", "New=5", "PATH=4"], all!.Select(pair => $"{pair.Key}={pair.Value}").Order()); // there are changes
        Assert.Null(WindowsOptions.Environment(new PopenOptions()));
        return Task.CompletedTask;
    }
}
