using Telar.Internal.Processes;
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
    public Task Create_WithChanges_AppliesThemWhateverTheCase()
    {
        var startInfo = new ChildStartInfo
        {
            FileName = "p",
            Environment = new Dictionary<string, string> { ["Path"] = "1", ["KEEP"] = "2", ["Gone"] = "3" },
            ExtraEnvironment = new Dictionary<string, string?>
            {
                ["PATH"] = "4", ["GONE"] = null, ["New"] = "5", ["TELAR_JOB"] = null,
            },
        };

        Assert.Equal("KEEP=2\0New=5\0PATH=4\0\0", WindowsEnvironmentBlock.Create(startInfo, "mark"));
        Assert.Equal("4", WindowsEnvironmentBlock.Get(startInfo, "path"));
        Assert.Null(WindowsEnvironmentBlock.Get(startInfo, "Gone"));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Create_OfAnEmptyEnvironment_IsTwoZeros()
    {
        var startInfo = new ChildStartInfo
        {
            FileName = "p",
            Environment = new Dictionary<string, string>(),
            ExtraEnvironment = new Dictionary<string, string?> { ["TELAR_JOB"] = null },
        };

        Assert.Equal("\0\0", WindowsEnvironmentBlock.Create(startInfo, "mark"));
        return Task.CompletedTask;
    }
}
