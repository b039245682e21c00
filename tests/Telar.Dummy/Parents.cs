using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Telar.Internal.Processes;

namespace Telar.Dummy;

/// <summary>A process that starts children itself, for what depends on the parent's own circumstances.</summary>
internal static class Parents
{
    /// <summary>Starts one program with all that this process has, and prints how it ended.</summary>
    internal static int Run(string program, string[] arguments)
    {
        using ChildProcess child = ChildProcess.Start(new ChildStartInfo { FileName = program, Arguments = arguments });
        _ = child.Wait(Timeout.InfiniteTimeSpan);
        Console.WriteLine(child.Status);
        return 0;
    }

    /// <summary>Starts children with known ends, and prints how many ends were told right, wrong, or lost.</summary>
    internal static int RunMany(string count, string[] order)
    {
        using PosixSignalRegistration? observer = !OperatingSystem.IsWindows() && order.Contains("observe-sigchld")
            ? PosixSignalRegistration.Create(PosixSignal.SIGCHLD, static _ => { })
            : null;
        if (order.Contains("process-first"))
        {
            using Process process = Process.Start("/bin/true");
            process.WaitForExit();
        }

        int right = 0;
        int wrong = 0;
        int lost = 0;
        int total = int.Parse(count, CultureInfo.InvariantCulture);
        for (int i = 0; i < total; i++)
        {
            (string script, int code) = i % 2 == 0 ? ("exit 7", 7) : ("kill -9 $$", -9);
            using ChildProcess child = ChildProcess.Start(
                new ChildStartInfo { FileName = "/bin/sh", Arguments = ["-c", script] });
            ExitStatus status = child.Exited.GetAwaiter().GetResult();
            right += status.Code == code ? 1 : 0;
            lost += status.IsLost ? 1 : 0;
            wrong += status.Code != code && !status.IsLost ? 1 : 0;
        }

        Console.WriteLine($"pid {Environment.ProcessId}: {right} right, {wrong} wrong, {lost} lost");
        return 0;
    }
}
