using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;

namespace Telar.Dummy;

/// <summary>Launches in a process whose own standard streams are special, or whose threads are counted.</summary>
internal static class Launches
{
    /// <summary>
    /// Runs a script with streams of one letter each: i inherited, p a pipe, m merged. Into a pipe it writes <c>word</c>; what
    /// comes out of pipes goes to the report.
    /// </summary>
    internal static int Relay(string input, string output, string error, string script, string? report)
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell(script),
            new PopenOptions { Stdin = Choice(input), Stdout = Choice(output), Stderr = Choice(error) });
        if (child.Stdin is not null)
        {
            DescriptorIO.Write(child.Stdin, "word\n"u8);
            child.Stdin.Dispose();
        }

        string text = Read(child.Stdout) + Read(child.Stderr);
        if (report is not null)
        {
            File.WriteAllText(report, text);
        }

        _ = child.Process.Wait(Timeout.InfiniteTimeSpan);
        return child.Process.Status!.Value.Code; // it has ended
    }

    /// <summary>
    /// Its descriptors 0, 1 and 2 are the three files. Starts children that have them at each other's places, and reports
    /// whether each got its own.
    /// </summary>
    internal static int Swap(string[] files, string report)
    {
        var lines = new StringBuilder();
        for (int places = 0; places < 27; places++)
        {
            (int input, int output, int error) = (places / 9, places / 3 % 3, places % 3);
            if (input == output || input == error)
            {
                continue;
            }

            for (int i = 0; i < 3; i++)
            {
                using SafeFileHandle handle = Standard(i);
                File.WriteAllText(files[i], $"{i}\n");
                _ = Interop.Libc.lseek(handle, 0, 0);
            }

            using LaunchedChild child = Launcher.Start(
                CommandLine.Shell("read x; echo out $x; echo err $x >&2"),
                new PopenOptions
                {
                    Stdin = Stdio.Handle(Standard(input)),
                    Stdout = Stdio.Handle(Standard(output)),
                    Stderr = Stdio.Handle(Standard(error)),
                });
            _ = child.Process.Wait(Timeout.InfiniteTimeSpan);
            string expected = output == error ? $"out {input}\nerr {input}\n" : $"out {input}\n";
            bool isRight = File.ReadAllText(files[output]) == expected
                && (output == error || File.ReadAllText(files[error]) == $"err {input}\n");
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"{input}{output}{error} {(isRight ? "right" : "wrong")}\n");
        }

        File.WriteAllText(report, lines.ToString());
        return 0;
    }

    /// <summary>Starts children and waits for them on this thread, and prints the threads of the library.</summary>
    internal static int CountThreads(string count, string mode)
    {
        for (int i = 0; i < int.Parse(count, System.Globalization.CultureInfo.InvariantCulture); i++)
        {
            using LaunchedChild child = Launcher.Start(
                CommandLine.Shell("echo x"), new PopenOptions { Stdout = Stdio.Pipe }, callerStays: mode != "stays-not");
            _ = Read(child.Stdout);
            if (mode == "async")
            {
                _ = child.Process.WaitAsync().GetAwaiter().GetResult();
            }

            _ = child.Process.Wait(Timeout.InfiniteTimeSpan);
        }

        IEnumerable<string> names = ProcFile.NumbersIn("/proc/self/task")
            .Select(static thread => File.ReadAllText($"/proc/self/task/{thread}/comm").TrimEnd())
            .Where(static name => name.StartsWith("Telar", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        Console.WriteLine(string.Join(", ", names));
        return 0;
    }

    /// <summary>Asks for something that takes a right, and prints how it was refused and what is left.</summary>
    internal static int Refused(string option)
    {
        PopenOptions options = option switch
        {
            "user" => new PopenOptions { User = 1 },
            "group" => new PopenOptions { Group = 1 },
            "groups" => new PopenOptions { ExtraGroups = [1] },
            "nice" => new PopenOptions { Nice = -5 },
            _ => new PopenOptions { Limits = new ResourceLimits { CoreSize = 1 } },
        };
        string refusal = Refusal(options);
        int before = ProcFile.NumbersIn("/proc/self/fd").Count;
        for (int i = 0; i < 5; i++)
        {
            refusal = Refusal(options);
        }

        int after = ProcFile.NumbersIn("/proc/self/fd").Count;
        int children = ProcFile.NumbersIn("/proc").Count(
            static pid => ProcStat.TryRead(pid, out ProcStat stat) && stat.ParentPid == Environment.ProcessId);
        Console.WriteLine($"{refusal}\n{children} children, {after - before} descriptors more");
        return 0;
    }

    /// <summary>Starts a child with an empty list of groups, which prints its list.</summary>
    internal static int LeaveGroups()
    {
        using LaunchedChild child = Launcher.Start(
            ["grep", "Groups", "/proc/self/status"], new PopenOptions { ExtraGroups = [], Stdout = Stdio.Pipe });
        Console.Write(Read(child.Stdout));
        return 0;
    }

    /// <summary>Starts a child that is killed with this process, prints its number, and ends with its own input.</summary>
    internal static int Adopt()
    {
        using LaunchedChild child = Launcher.Start(
            ["sleep", "1000"], new PopenOptions { KillOnParentExit = true, Stdin = Stdio.DevNull, Stdout = Stdio.DevNull });
        Console.WriteLine(child.Process.Id);
        _ = Console.In.ReadToEnd();
        return 0;
    }

    private static string Refusal(PopenOptions options)
    {
        try
        {
            using LaunchedChild child = Launcher.Start("/bin/true", options with { Stdout = Stdio.Pipe });
            return "no refusal";
        }
        catch (UnauthorizedAccessException e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    private static SafeFileHandle Standard(int number) => new(number, ownsHandle: false);

    private static Stdio? Choice(string letter) => letter switch
    {
        "p" => Stdio.Pipe,
        "m" => Stdio.Stdout,
        _ => null,
    };

    private static string Read(SafeFileHandle? pipe)
    {
        if (pipe is null)
        {
            return "";
        }

        using var reader = new StreamReader(new FileStream(pipe, FileAccess.Read, bufferSize: 0));
        return reader.ReadToEnd();
    }
}
