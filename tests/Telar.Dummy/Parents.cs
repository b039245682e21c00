using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Subprocesses;

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

    /// <summary>Takes all descriptors, starts a child without one to spare, and prints what came of it.</summary>
    internal static int Exhaust()
    {
        using (ChildProcess first = ChildProcess.Start(new ChildStartInfo { FileName = "/bin/true" }))
        {
            _ = first.Wait(Timeout.InfiniteTimeSpan);
        }

        var taken = new List<Pipe>();
        try
        {
            while (true)
            {
                taken.Add(Pipe.Create());
            }
        }
        catch (IOException)
        {
            // One number may be left where a pipe needs two.
            using var last = new SafeDescriptor(Interop.Libc.fcntl(taken[0].Reader, Interop.Libc.F_DUPFD_CLOEXEC, 0));
            string outcome = "started";
            try
            {
                using ChildProcess child = ChildProcess.Start(
                    new ChildStartInfo { FileName = "/bin/sleep", Arguments = ["1000"] });
            }
            catch (IOException e)
            {
                outcome = e.Message.Contains("EMFILE", StringComparison.Ordinal) ? "EMFILE refused" : e.Message;
            }

            taken.ForEach(pipe => pipe.Dispose());
            int left = ProcFile.NumbersIn("/proc").Count(
                pid => ProcStat.TryRead(pid, out ProcStat stat) && stat.ParentPid == Environment.ProcessId);
            Console.WriteLine($"{outcome}, {left} children left");
        }

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

        // System.Diagnostics.Process does not tell a signal from an exit code.
        bool isFallback = order.Contains("fallback");
        int killed = isFallback ? 137 : -9;
        AppContext.SetSwitch(ChildProcess.FallbackSwitch, isFallback);
        int right = 0;
        int wrong = 0;
        int lost = 0;
        int total = int.Parse(count, CultureInfo.InvariantCulture);
        for (int i = 0; i < total; i++)
        {
            (string script, int code) = i % 2 == 0 ? ("exit 7", 7) : ("kill -9 $$", killed);
            int? told = order.Contains("run") ? RunOne(script) : StartOne(script);
            right += told == code ? 1 : 0;
            lost += told is null ? 1 : 0;
            wrong += told != code && told is not null ? 1 : 0;
        }

        Console.WriteLine($"pid {Environment.ProcessId}: {right} right, {wrong} wrong, {lost} lost");
        return 0;
    }

    // Null when the end was lost.
    private static int? StartOne(string script)
    {
        using ChildProcess child = ChildProcess.Start(new ChildStartInfo { FileName = "/bin/sh", Arguments = ["-c", script] });
        ExitStatus status = child.Exited.GetAwaiter().GetResult();
        return status.IsLost ? null : status.Code;
    }

    // As above. The thread that calls waits for the child itself.
    private static int? RunOne(string script)
    {
        int code = Subprocess.Call(["/bin/sh", "-c", script]);
        return code == Subprocess.LostReturnCode ? null : code;
    }
}
