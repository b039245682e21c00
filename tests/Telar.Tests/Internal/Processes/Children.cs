using System.Text;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Processes;

/// <summary>What the tests start, and how they look at it.</summary>
internal static class Children
{
    internal static string Dummy => Path.Combine(AppContext.BaseDirectory, "dummy");

    /// <summary>A shell script; its arguments are $1, $2 and so on.</summary>
    internal static ChildStartInfo Shell(string script, params string[] arguments) =>
        new() { FileName = "/bin/sh", Arguments = ["-c", script, "sh", .. arguments] };

    /// <summary>Runs to the end, and gives what came out on standard output.</summary>
    internal static async Task<(string Output, ExitStatus Status)> CaptureAsync(ChildStartInfo startInfo)
    {
        using Pipe pipe = Pipe.Create();
        using ChildProcess child = LinuxChildProcess.StartNew(startInfo with { StandardOutput = pipe.Writer });
        pipe.Writer.Dispose();
        using var stream = new FileStream(pipe.Reader, FileAccess.Read, bufferSize: 0);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string output = await Task.Run(reader.ReadToEnd).WaitAsync(TestContext.Current.CancellationToken);
        return (output, await child.WaitAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Whether a process is gone, or at least dead.</summary>
    internal static bool IsDead(int pid) => !ProcStat.TryRead(pid, out ProcStat stat) || stat.IsDead;

    /// <summary>The children of this process that live or were not reaped.</summary>
    internal static List<ProcStat> Mine()
    {
        int self = Environment.ProcessId;
        var found = new List<ProcStat>();
        foreach (int pid in ProcFile.NumbersIn("/proc"))
        {
            if (ProcStat.TryRead(pid, out ProcStat stat) && stat.ParentPid == self)
            {
                found.Add(stat);
            }
        }

        return found;
    }

    /// <summary>The children of this process that have ended and were not reaped.</summary>
    internal static List<ProcStat> Zombies() => [.. Mine().Where(stat => stat.IsDead)];

    internal static int OpenDescriptors() => ProcFile.NumbersIn("/proc/self/fd").Count;

    internal static int Threads() => ProcFile.NumbersIn("/proc/self/task").Count;
}
