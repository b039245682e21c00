using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Telar.Interop.Kernel32;

namespace Telar.Internal.Processes;

/// <summary>Starts a program by CreateProcess: suspended, put into its job, given its priority, and only then let go.</summary>
internal static unsafe class WindowsSpawn
{
    private const uint PriorityClasses = 0x20 | 0x40 | 0x80 | 0x100 | 0x4000 | 0x8000;
    private const uint Failed = uint.MaxValue;
    private const uint AbandonedExitCode = 1;

    /// <summary>Starts a program.</summary>
    /// <param name="startInfo">What to start; validated.</param>
    /// <param name="mark">The child's mark.</param>
    /// <param name="job">The job that the child belongs to.</param>
    /// <param name="processId">The child's number.</param>
    /// <returns>The child.</returns>
    internal static SafeProcessHandle Start(ChildStartInfo startInfo, string mark, WindowsJob job, out int processId)
    {
        WindowsStartOptions options = startInfo.Windows ?? new WindowsStartOptions();
        string environment = WindowsEnvironmentBlock.Create(startInfo, mark);
        string program = WindowsProgramSearch.Find(startInfo)
            ?? throw WindowsStartError.Create(startInfo, null, ERROR_FILE_NOT_FOUND);
        string line = CommandLine(startInfo, options, ref program);
        ProcessInformation child = Create(startInfo, options, program, line, environment);
        processId = child.ProcessId;
        var process = new SafeProcessHandle(child.Process, ownsHandle: true);
        using var thread = new SafeFileHandle(child.Thread, ownsHandle: true);
        try
        {
            LetGo(startInfo, options, process, thread, job);
            return process;
        }
        catch
        {
            _ = TerminateProcess(process, AbandonedExitCode);
            process.Dispose();
            throw;
        }
    }

    private static string CommandLine(ChildStartInfo startInfo, WindowsStartOptions options, ref string program)
    {
        string line;
        string zero = startInfo.ArgumentZero ?? startInfo.FileName;
        if (WindowsBatchFile.Is(program))
        {
            if (options.CommandLine is not null)
            {
                throw new ArgumentException(
                    $"Cannot start '{program}': it is a batch file, and takes no raw command line. Give its arguments one by one, "
                    + "or run a text that is trusted by CommandLine.Shell.");
            }

            string shell = WindowsProgramSearch.SystemShell();
            line = WindowsBatchFile.CommandLine(shell, program, startInfo.Arguments);
            program = shell;
        }
        else if (options.CommandLine is null && zero.Contains('"', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"Cannot start '{startInfo.FileName}': its name, as it would see it, contains a quote, which the first word of a "
                + "command line on Windows cannot have.");
        }
        else
        {
            line = options.CommandLine ?? WindowsArguments.Join([zero, .. startInfo.Arguments]);
        }

        return line.Length <= WindowsArguments.LongestLine
            ? line
            : throw new IOException(
                $"Cannot start '{startInfo.FileName}': its command line has {line.Length} characters, and Windows takes "
                + $"{WindowsArguments.LongestLine}. Send long data through standard input or a file.");
    }

    private static ProcessInformation Create(
        ChildStartInfo startInfo, WindowsStartOptions options, string program, string line, string environment)
    {
        using WindowsHandles handles = WindowsHandles.Prepare(startInfo, options);
        List<nint> inherited = handles.All;
        using WindowsAttributeList? list =
            inherited.Count > 0 && startInfo.CloseOthers ? new WindowsAttributeList(inherited) : null;
        var startup = new StartupInfoEx
        {
            Size = (uint)sizeof(StartupInfoEx),
            Flags = (options.StartupFlags & ~STARTF_USESTDHANDLES) | (handles.HasStandard ? STARTF_USESTDHANDLES : 0),
            ShowWindow = options.ShowWindow,
            StandardInput = handles.Input,
            StandardOutput = handles.Output,
            StandardError = handles.Error,
            AttributeList = list?.Pointer ?? 0,
        };
        uint flags = options.CreationFlags | CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT
            | (startInfo.NewProcessGroup ? CREATE_NEW_PROCESS_GROUP : 0);
        ProcessInformation child;
        fixed (char* block = environment, text = (line + '\0').ToCharArray())
        {
            return CreateProcessW(
                program, text, 0, 0, inherited.Count > 0 || !startInfo.CloseOthers, flags, block, startInfo.WorkingDirectory, &startup, &child)
                ? child
                : throw WindowsStartError.Create(startInfo, program, Marshal.GetLastPInvokeError());
        }
    }

    private static void LetGo(
        ChildStartInfo startInfo, WindowsStartOptions options, SafeProcessHandle process, SafeFileHandle thread, WindowsJob job)
    {
        string failed = $"Cannot start '{startInfo.FileName}'";
        if (!job.TryAdd(process))
        {
            throw WindowsError.LastException(
                $"{failed}: it could not be put into a job object, by which it is ended as a tree. A job around this process may forbid it");
        }

        // Some systems ignore the priority at the creation, and a child may not have a higher one than its creator's job allows.
        uint priority = options.CreationFlags & PriorityClasses;
        if (priority != 0 && !SetPriorityClass(process, priority))
        {
            throw WindowsError.LastException($"{failed}: its priority could not be set");
        }

        if ((options.CreationFlags & CREATE_SUSPENDED) == 0 && ResumeThread(thread) == Failed)
        {
            throw WindowsError.LastException($"{failed}: its first thread could not be resumed");
        }
    }
}
