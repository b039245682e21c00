using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Windows.Child;

namespace Telar.Windows.Processes;

/// <summary>What a child is started with: arguments, environment, directory, program; and what is said when it cannot be.</summary>
public sealed class WindowsStartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar");

    public static TheoryData<string[]> Arguments => new()
    {
        new[] { "", "a b", "\"quoted\" 'too'", "back\\slash\\", "%PATH% ^& | * ?", "ñandú 織機 🧵", "two\nlines", "\t", "-x" },
        new[] { "\\", "\\\\", "a\\\"b", "\\\\\"", "\" \\", "x\\\\ y\\\\", "\"\"", "a\"\"b c" },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory(Timeout = Children.Limit)]
    [MemberData(nameof(Arguments))]
    public async Task Arguments_OfAnyText_ArriveAsTheyAre(string[] arguments) =>
        Assert.Equal(arguments, await Children.SayAsync(Children.Command(["argv", .. arguments])));

    [Theory(Timeout = Children.Limit)]
    [MemberData(nameof(Arguments))]
    public Task ToWindows_SplitByTheSystem_GivesTheWordsAgain(string[] arguments)
    {
        string text = CommandLine.ToWindows(["p.exe", .. arguments]);

        Assert.Equal(["p.exe", .. arguments], Native.SplitBySystem(text));
        Assert.Equal(["p.exe", .. arguments], CommandLine.FromWindows(text));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Children.Limit)]
    public async Task RawWindows_ArrivesAsItIs()
    {
        CommandLine command = CommandLine.RawWindows($"\"{Children.Program}\" child argv a\"b c\"d  e");

        Assert.Equal(["ab cd", "e"], await Children.SayAsync(command));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task CommandLine_AtTheLimit_StartsAndBeyondItIsRefused()
    {
        string start = CommandLine.ToWindows([Children.Program, "child", "exit", "0"]);
        int room = 32_766 - start.Length - 1;

        (int code, _) = await Children.RunAsync(Children.Command("argv", new string('x', room - 3)));
        IOException e = Assert.Throws<IOException>(() => Children.Launch(Children.Command("argv", new string('x', room + 4))));

        Assert.Equal(0, code);
        Assert.Contains("32766", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Env_ReplacesAndExtraEnvChanges()
    {
        var environment = new Dictionary<string, string>
        {
            ["SystemRoot"] = Environment.GetEnvironmentVariable("SystemRoot") ?? "",
            ["One"] = "织 1",
            ["Two"] = "=a=b",
            ["Three"] = "3",
        };
        var options = new PopenOptions
        {
            Env = environment,
            ExtraEnv = new Dictionary<string, string?> { ["THREE"] = null, ["two"] = "zwei", ["Long"] = new string('v', 30_000) },
        };

        string[] values = await Children.SayAsync(Children.Command("env", "ONE", "Two", "Three", "Long", "USERNAME_"), options);

        Assert.Equal(["织 1", "zwei", "-", new string('v', 30_000), "-"], values);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Env_WhenNull_IsThatOfThisProcess()
    {
        string name = "TELAR_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(name, "here");
        try
        {
            string[] values = await Children.SayAsync(Children.Command("env", name, "TELAR_JOB"));
            Assert.Equal("here", values[0]);
            Assert.NotEqual("-", values[1]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Cwd_IsWhereTheChildStarts()
    {
        string[] said = await Children.SayAsync(Children.Command("cwd"), new PopenOptions { Cwd = _folder.FullName });

        Assert.Equal(_folder.FullName.TrimEnd('\\'), said[0].TrimEnd('\\'), ignoreCase: true);
    }

    [Fact(Timeout = Children.Limit)]
    public Task Start_WhenTheDirectoryIsMissingOrAFile_NamesIt()
    {
        string missing = Path.Combine(_folder.FullName, "none");
        string file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");

        Assert.Contains(missing, Fault<DirectoryNotFoundException>(Children.Program, missing).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", Fault<DirectoryNotFoundException>(Children.Program, file).Message, StringComparison.Ordinal);
        Assert.Contains(missing, Fault<DirectoryNotFoundException>("no-such-program", missing).Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Children.Limit)]
    public Task Start_WhenTheProgramIsMissingOrNone_SaysSo()
    {
        string text = Path.Combine(_folder.FullName, "text.exe");
        File.WriteAllText(text, "this is no program");

        FileNotFoundException missing = Fault<FileNotFoundException>("no-such-program");
        Assert.Equal("no-such-program", missing.FileName);
        Assert.Contains("PATH", missing.Message, StringComparison.Ordinal);
        Assert.Contains("nothing.exe", Fault<FileNotFoundException>(@"C:\no\such\nothing.exe").Message, StringComparison.Ordinal);
        Assert.Contains("is a directory", Fault<UnauthorizedAccessException>(_folder.FullName).Message, StringComparison.Ordinal);
        Assert.Contains("no program for this machine", Fault<IOException>(text).Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Children.Limit)]
    public async Task FileName_WithoutADirectory_IsLookedUpInTheSystemAndInThePathOfTheChild()
    {
        string batch = Path.Combine(_folder.FullName, "telar-tool.cmd");
        await File.WriteAllTextAsync(batch, "@exit /b 5\r\n", Children.Token);
        string path = $"relative;;\"{_folder.FullName}\"";
        var options = new PopenOptions { ExtraEnv = new Dictionary<string, string?> { ["PATH"] = path } };

        Assert.Equal(5, (await Children.RunAsync("telar-tool", options)).Code);
        Assert.Equal(5, (await Children.RunAsync("telar-tool.cmd", options)).Code);
        Assert.Throws<FileNotFoundException>(() => Children.Launch("telar-tool", new PopenOptions { Cwd = _folder.FullName }));
        Assert.Equal(3, (await Children.RunAsync(["cmd", "/c", "exit 3"], options)).Code);
        Assert.Equal(5, (await Children.RunAsync(@".\telar-tool", new PopenOptions { Cwd = _folder.FullName })).Code);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Executable_RunsUnderTheNameOfTheFirstWord() =>
        Assert.Equal(
            ["x"],
            await Children.SayAsync(["another name", "child", "argv", "x"], new PopenOptions { Executable = Children.Program }));

    [Fact(Timeout = Children.Limit)]
    public async Task BatchFile_GetsItsArgumentsAndRefusesWhatCmdWouldRead()
    {
        string batch = Path.Combine(_folder.FullName, "a tool.bat");
        await File.WriteAllTextAsync(batch, "@echo [%~1][%~2]\r\n@exit /b 4\r\n", Children.Token);

        Assert.Equal((4, "[one][two words]\r\n"), await Children.RunAsync([batch, "one", "two words"]));
        ArgumentException e = Assert.Throws<ArgumentException>(() => Children.Launch([batch, "\"&calc.exe"]));
        Assert.Contains("argument 1 contains '\"'", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Children.Launch(CommandLine.RawWindows($"\"{batch}\" x")));
        Assert.Throws<ArgumentException>(() => Children.Launch([batch + " . ", "%PATH%"]));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Shell_IsCmdAndItsScriptIsTakenAsItIs()
    {
        Assert.Equal((6, "a\"b c\" & d\r\n"), await Children.RunAsync(CommandLine.Shell("(echo a\"b c\" ^& d)& exit 6")));
        Assert.Throws<PlatformNotSupportedException>(() => Children.Launch(CommandLine.Shell("echo", "argument")));
    }

    [Fact(Timeout = Children.Limit)]
    public Task Start_WithAnOptionOfUnix_NamesIt()
    {
        PopenOptions[] all =
        [
            new() { User = 0 }, new() { Group = 0 }, new() { ExtraGroups = [] }, new() { Umask = UnixFileMode.None },
            new() { Limits = new ResourceLimits() }, new() { Nice = 1 }, new() { Pty = new PtyOptions() },
            new() { StartNewSession = true }, new() { ProcessGroup = 5 }, new() { RestoreSignals = false },
        ];

        foreach (PopenOptions options in all)
        {
            PlatformNotSupportedException e =
                Assert.Throws<PlatformNotSupportedException>(() => Children.Launch(Children.Command("exit", "0"), options));
            Assert.Contains(": ", e.Message, StringComparison.Ordinal);
        }

        return Task.CompletedTask;
    }

    private static T Fault<T>(string program, string? directory = null)
        where T : Exception =>
        Assert.Throws<T>(() => Children.Launch([program, "child", "exit", "0"], new PopenOptions { Cwd = directory }));
}
