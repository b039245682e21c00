using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Windows.Child;

namespace Telar.Windows.Subprocesses;

/// <summary>Where the streams of a child lead, and which handles it gets.</summary>
public sealed class WindowsStreamsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = Children.Limit)]
    public async Task Pipes_CarryAllBytesBothWays()
    {
        byte[] data = new byte[1_000_000];
        new Random(1).NextBytes(data);
        using LaunchedChild child = Children.Launch(
            Children.Command("cat"), new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe, Stderr = Stdio.Pipe });
        var copy = new MemoryStream();

        Task write = Task.Run(
            async () =>
            {
                await using var toChild = new FileStream(child.Stdin!, FileAccess.Write, 0, isAsync: true); // a pipe was asked for
                await toChild.WriteAsync(data, Children.Token);
            },
            Children.Token);
        await using (var fromChild = new FileStream(child.Stdout!, FileAccess.Read, 0, isAsync: true)) // a pipe was asked for
        {
            await fromChild.CopyToAsync(copy, Children.Token);
        }

        await write;
        Assert.Equal(data, copy.ToArray());
        Assert.Equal("", await Children.ReadAsync(child.Stderr));
        Assert.Equal(0, (await child.Process.WaitAsync(Children.Token)).Code);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Pipe_ReadThatIsCancelled_EndsAndLosesNothing()
    {
        using LaunchedChild child = Children.Launch(
            Children.Command("cat"), new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe });
        await using var fromChild = new FileStream(child.Stdout!, FileAccess.Read, 0, isAsync: true); // a pipe was asked for
        await using var toChild = new FileStream(child.Stdin!, FileAccess.Write, 0, isAsync: true); // a pipe was asked for
        using var stop = new CancellationTokenSource();
        byte[] room = new byte[10];
        ValueTask<int> read = fromChild.ReadAsync(room, stop.Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
        await toChild.WriteAsync("later"u8.ToArray(), Children.Token);

        Assert.Equal(5, await fromChild.ReadAtLeastAsync(room, 5, cancellationToken: Children.Token));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Pipe_WhoseReaderHasGone_MakesAWriteFail()
    {
        using LaunchedChild child = Children.Launch(
            Children.Command("exit", "0"), new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.DevNull });
        _ = await child.Process.WaitAsync(Children.Token);
        await using var toChild = new FileStream(child.Stdin!, FileAccess.Write, 0, isAsync: true); // a pipe was asked for

        await Assert.ThrowsAnyAsync<IOException>(() => toChild.WriteAsync(new byte[100], 0, 100, Children.Token));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Stderr_MergedIntoAPipe_KeepsTheOrder()
    {
        (int code, string output) = await Children.RunAsync(
            Children.Command("both", "50"), new PopenOptions { Stderr = Stdio.Stdout });

        Assert.Equal(0, code);
        Assert.Equal(string.Concat(Enumerable.Repeat("oe", 50)), output);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task File_AsInputAndOutput_IsReadEmptiedAndAppended()
    {
        string input = Path.Combine(_folder.FullName, "in");
        string output = Path.Combine(_folder.FullName, "out");
        await File.WriteAllTextAsync(input, "text", Children.Token);
        await File.WriteAllTextAsync(output, "a longer text that was there", Children.Token);
        var options = new PopenOptions { Stdin = Stdio.File(input), Stdout = Stdio.File(output) };

        await RunAsync(options);
        Assert.Equal("text", await File.ReadAllTextAsync(output, Children.Token));
        await RunAsync(options with { Stdout = Stdio.File(output, append: true) });

        Assert.Equal("texttext", await File.ReadAllTextAsync(output, Children.Token));
        string missing = Path.Combine(_folder.FullName, "none");
        Assert.Throws<FileNotFoundException>(
            () => Children.Launch(Children.Command("cat"), new PopenOptions { Stdin = Stdio.File(missing) }));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task DevNull_IsAtItsEndAndTakesEverything()
    {
        var options = new PopenOptions { Stdin = Stdio.DevNull, Stdout = Stdio.DevNull, Stderr = Stdio.DevNull };

        await RunAsync(options, "cat");
        await RunAsync(options, "flood", "1000000");
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Handle_OfTheCaller_IsUsedAndStaysOpen()
    {
        string path = Path.Combine(_folder.FullName, "out");
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        var options = new PopenOptions { Stdin = Stdio.DevNull, Stdout = Stdio.Handle(file), Stderr = Stdio.Stdout };

        await RunAsync(options, "both", "2");

        Assert.False(file.IsClosed);
        Assert.Equal(4, RandomAccess.GetLength(file));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task PassHandles_AndHandleList_ReachTheChildAndNobodyElse()
    {
        using SafeFileHandle file = MakeKnownFile();

        Assert.Equal(ChildProgram.NotPassed, await WriteAsync(file, new PopenOptions()));
        Assert.Equal(0, await WriteAsync(file, new PopenOptions { PassHandles = [file] }));
        Assert.Equal(0, await WriteAsync(file, new PopenOptions { StartupInfo = new StartupInfo { HandleList = [file, file] } }));
        Assert.Equal(ChildProgram.NotPassed, await WriteAsync(file, new PopenOptions()));
        Assert.Equal(ChildProgram.NotPassed, await WriteAsync(file, new PopenOptions { CloseFds = false }));
        Assert.True(Interop.Kernel32.GetHandleInformation(file, out uint flags));
        Assert.Equal(0u, flags & Interop.Kernel32.HANDLE_FLAG_INHERIT);
        PlatformNotSupportedException e = Assert.Throws<PlatformNotSupportedException>(() => Children.Launch(
            Children.Command("exit", "0"), new PopenOptions { PassHandles = [new PassedHandle(file, 5)] }));
        Assert.Contains("PassHandles", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task CloseFds_WhenOff_GivesInheritableHandlesToTheChild()
    {
        using SafeFileHandle file = MakeKnownFile();
        Assert.True(Interop.Kernel32.SetHandleInformation(
            file, Interop.Kernel32.HANDLE_FLAG_INHERIT, Interop.Kernel32.HANDLE_FLAG_INHERIT));

        Assert.Equal(ChildProgram.NotPassed, await WriteAsync(file, new PopenOptions()));
        Assert.Equal(0, await WriteAsync(file, new PopenOptions { CloseFds = false }));
        var only = new StartupInfo { HandleList = [new SafeFileHandle(Interop.Kernel32.GetStdHandle(-11), ownsHandle: false)] };
        Assert.Equal(ChildProgram.NotPassed, await WriteAsync(file, new PopenOptions { CloseFds = false, StartupInfo = only }));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task StartupInfo_StandardHandlesApplyWhereNothingElseIsChosen()
    {
        string path = Path.Combine(_folder.FullName, "out");
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        var startup = new StartupInfo { Flags = StartupFlags.UseStdHandles, StdOutput = file, StdError = file };

        await RunAsync(new PopenOptions { Stdin = Stdio.DevNull, StartupInfo = startup }, "both", "3");
        await RunAsync(
            new PopenOptions { Stdin = Stdio.DevNull, Stdout = Stdio.DevNull, StartupInfo = startup with { Flags = StartupFlags.None } },
            "exit", "0");

        Assert.Equal(6, RandomAccess.GetLength(file));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task StartupInfo_AsInPythonsExample_HidesTheWindowAndSetsTheStreams()
    {
        string path = Path.Combine(_folder.FullName, "in");
        await File.WriteAllTextAsync(path, "text", Children.Token);
        using SafeFileHandle input = File.OpenHandle(path);
        using SafeFileHandle output = File.OpenHandle(
            Path.Combine(_folder.FullName, "out"), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        var startup = new StartupInfo
        {
            Flags = StartupFlags.UseStdHandles | StartupFlags.UseShowWindow,
            ShowWindow = ShowWindow.Hide,
            StdInput = input,
            StdOutput = output,
        };

        using var child = new Popen(Children.Command("cat"), new PopenOptions { StartupInfo = startup });
        Assert.Equal(0, await child.WaitAsync(cancellationToken: Children.Token));

        byte[] room = new byte[10];
        Assert.Equal("text", Encoding.ASCII.GetString(room, 0, RandomAccess.Read(output, room, 0)));
    }

    private SafeFileHandle MakeKnownFile()
    {
        SafeFileHandle file = File.OpenHandle(
            Path.Combine(_folder.FullName, "known"), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(file, new byte[54_321], 0);
        return file;
    }

    private static Task<int> WriteAsync(SafeFileHandle file, PopenOptions options) => CodeAsync(
        Children.Command("write", file.DangerousGetHandle().ToString(), RandomAccess.GetLength(file).ToString(CultureInfo.InvariantCulture), "x"),
        options with { Stdin = Stdio.DevNull, Stdout = Stdio.DevNull });

    private static async Task<int> CodeAsync(CommandLine command, PopenOptions options)
    {
        using LaunchedChild child = Children.Launch(command, options);
        return (await child.Process.WaitAsync(Children.Token)).Code;
    }

    private static async Task RunAsync(PopenOptions options, params string[] words) =>
        Assert.Equal(0, await CodeAsync(words.Length == 0 ? Children.Command("cat") : Children.Command(words), options));
}
