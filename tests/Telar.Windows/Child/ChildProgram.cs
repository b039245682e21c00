using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;

namespace Telar.Windows.Child;

/// <summary>What a child of a test does. Texts are printed as the hexadecimal of their UTF-16: a console would change them.</summary>
internal static class ChildProgram
{
    /// <summary>The exit code of a child that has not got the handle that it was told of.</summary>
    internal const int NotPassed = 6;

    internal static int Run(string[] words)
    {
        switch (words)
        {
            case ["argv", .. string[] arguments]:
                Array.ForEach(arguments, Say);
                return 0;
            case ["env", .. string[] names]:
                Array.ForEach(names, static name => Say(Environment.GetEnvironmentVariable(name) ?? "-"));
                return 0;
            case ["cwd"]:
                Say(Environment.CurrentDirectory);
                return 0;
            case ["exit", string code]:
                return int.Parse(code, CultureInfo.InvariantCulture);
            case ["sleep"]:
                return Sleep("ready");
            case ["cat"]:
                using (Stream input = Console.OpenStandardInput())
                using (Stream output = Console.OpenStandardOutput())
                {
                    input.CopyTo(output);
                }

                return 0;
            case ["flood", string count]:
                return Flood(long.Parse(count, CultureInfo.InvariantCulture));
            case ["both", string rounds]:
                return WriteToBoth(int.Parse(rounds, CultureInfo.InvariantCulture));
            case ["write", string handle, string length, string text]:
                return WriteTo(
                    nint.Parse(handle, CultureInfo.InvariantCulture), long.Parse(length, CultureInfo.InvariantCulture), text);
            case ["priority"]:
                Console.WriteLine(Process.GetCurrentProcess().PriorityClass);
                return 0;
            case ["window"]:
                Console.WriteLine(Native.StartupFlagsAndWindow());
                return 0;
            case ["tree", string then]:
                return Tree(then);
            case ["leave"]:
                return Leave();
            case ["drop"]:
                return DropAndLook();
            case ["guard"]:
                return Guard();
            default:
                Console.Error.WriteLine($"no such child: {string.Join(' ', words)}");
                return 64;
        }
    }

    private static void Say(string text) => Console.WriteLine(Convert.ToHexString(System.Text.Encoding.BigEndianUnicode.GetBytes(text)));

    private static int Sleep(string word)
    {
        Console.WriteLine(word);
        Console.Out.Flush();
        new ManualResetEvent(false).WaitOne();
        return 0;
    }

    private static int Flood(long count)
    {
        byte[] piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)'x');
        using Stream output = Console.OpenStandardOutput();
        for (; count > 0; count -= piece.Length)
        {
            output.Write(piece, 0, (int)Math.Min(count, piece.Length));
        }

        return 0;
    }

    private static int WriteToBoth(int rounds)
    {
        using Stream output = Console.OpenStandardOutput();
        using Stream error = Console.OpenStandardError();
        for (int i = 0; i < rounds; i++)
        {
            output.Write("o"u8);
            error.Write("e"u8);
        }

        return 0;
    }

    // What stands under the number may be another handle of this child: the file is known by its length.
    private static int WriteTo(nint number, long length, string text)
    {
        using var handle = new SafeFileHandle(number, ownsHandle: false);
        try
        {
            if (RandomAccess.GetLength(handle) != length)
            {
                return NotPassed;
            }

            RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(text), length);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return NotPassed;
        }
    }

    // A child of the child, started without this library; it sleeps, holding no stream of ours.
    private static int Tree(string then)
    {
        using var grandchild = new Process();
        grandchild.StartInfo = new ProcessStartInfo(Environment.ProcessPath!, ["child", "sleep"]) // a running program has a path
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _ = grandchild.Start();
        _ = grandchild.StandardOutput.ReadLine();
        return then == "exit" ? PrintAndExit(grandchild.Id) : Sleep(grandchild.Id.ToString(CultureInfo.InvariantCulture));
    }

    // A child of the child that gets its standard output, and goes on holding it.
    private static int Leave()
    {
        var child = new Popen(
            [Environment.ProcessPath!, "child", "sleep"], // a running program has a path
            new PopenOptions { Stdin = Stdio.DevNull, OnDispose = DisposeMode.Detach });
        return PrintAndExit(child.Pid);
    }

    // Nobody holds the child's object any more, and what it holds is collected; its end would come with its job.
    private static int DropAndLook()
    {
        int id = Drop();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using Process child = Process.GetProcessById(id);
        Console.WriteLine(child.HasExited ? "ended" : "running");
        return 0;

        [MethodImpl(MethodImplOptions.NoInlining)]
        static int Drop() => Launcher.Start(
            [Environment.ProcessPath!, "child", "sleep"], // a running program has a path
            new PopenOptions { KillOnParentExit = true, Stdin = Stdio.DevNull, Stdout = Stdio.DevNull }).Process.Id;
    }

    private static int PrintAndExit(int number)
    {
        Console.WriteLine(number);
        return 0;
    }

    // A parent whose child dies with it. It is killed by the test.
    private static int Guard()
    {
        LaunchedChild child = Launcher.Start(
            [Environment.ProcessPath!, "child", "sleep"], // a running program has a path
            new PopenOptions { KillOnParentExit = true, Stdin = Stdio.DevNull, Stdout = Stdio.DevNull, Stderr = Stdio.DevNull });
        int id = child.Process.Id;
        child.Dispose();
        return Sleep(id.ToString(CultureInfo.InvariantCulture));
    }
}
