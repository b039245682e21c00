using System.Text;
using Telar.Internal.Native;
using static Telar.Interop.Errno;

namespace Telar.Internal.Processes;

/// <summary>
/// Finds out after a failed start what was at fault. The system says only ENOENT whether the program, its interpreter or
/// the working directory is missing.
/// </summary>
internal static class StartError
{
    /// <summary>The exception for a failed start.</summary>
    /// <param name="startInfo">What was to be started.</param>
    /// <param name="program">The file that was tried last; null when there was none to try.</param>
    /// <param name="errno">What the system said; ENOENT when there was no file to try.</param>
    /// <returns>The exception to throw.</returns>
    internal static Exception Create(ChildStartInfo startInfo, string? program, int errno)
    {
        string failed = $"Cannot start '{startInfo.FileName}'";
        return errno is ENOENT or ENOTDIR or EACCES or ELOOP or ENAMETOOLONG
            ? DirectoryFault(startInfo, failed) ?? ProgramFault(startInfo, program, errno, failed)
            : GroupFault(startInfo, errno, failed)
                ?? Denied(errno, $"{failed}: {NativeError.Describe(errno)}.{Advice(errno, program ?? startInfo.FileName)}");
    }

    /// <summary>The exception for a step of the exec helper that failed in the child.</summary>
    /// <param name="startInfo">What was to be started.</param>
    /// <param name="step">The step.</param>
    /// <param name="errno">What the system said.</param>
    /// <returns>The exception to throw.</returns>
    internal static Exception OfStep(ChildStartInfo startInfo, ExecStep step, int errno)
    {
        string message = $"Cannot start '{startInfo.FileName}': {step.Doing} failed in the child: {NativeError.Describe(errno)}. {step.Advice}".TrimEnd();
        return Denied(errno, message);
    }

    /// <summary>The exception for an exec helper that could not be run.</summary>
    /// <param name="startInfo">What was to be started.</param>
    /// <param name="step">The first step for which it is needed.</param>
    /// <param name="errno">What the system said.</param>
    /// <returns>The exception to throw.</returns>
    internal static Exception OfHelper(ChildStartInfo startInfo, ExecStep step, int errno)
    {
        string failed = $"Cannot start '{startInfo.FileName}'";
        return errno is not (ENOENT or EACCES or EPERM)
            ? Create(startInfo, program: null, errno)
            : DirectoryFault(startInfo, failed) ?? GroupFault(startInfo, errno, failed) ?? Denied(
                errno,
                $"{failed}: the exec helper, which the option {step.Option} takes, could not be run: {NativeError.Describe(errno)}. "
                + "It needs /proc, and files in memory that may be executed (vm.memfd_noexec below 2).");
    }

    // The leading of a group or session can fail in the child before the program is looked for.
    private static Exception? GroupFault(ChildStartInfo startInfo, int errno, string failed) =>
        errno == EPERM && startInfo.JoinedGroup is int group
            ? Denied(
                errno,
                $"{failed}: joining process group {group} (setpgid) failed in the child: {NativeError.Describe(errno)}. "
                + "The group must exist, in the session of this process.")
            : null;

    private static Exception Denied(int errno, string message) =>
        errno is EPERM or EACCES
            ? new UnauthorizedAccessException(message) { HResult = errno }
            : new IOException(message, errno);

    private static Exception? DirectoryFault(ChildStartInfo startInfo, string failed)
    {
        string? directory = startInfo.WorkingDirectory;
        if (directory is null)
        {
            return null;
        }

        if (File.Exists(directory))
        {
            return new DirectoryNotFoundException($"{failed}: its working directory '{directory}' is a file.");
        }

        if (!Directory.Exists(directory))
        {
            return new DirectoryNotFoundException(
                $"{failed}: its working directory '{directory}' does not exist"
                + (Path.IsPathRooted(directory) ? "." : $" in '{Environment.CurrentDirectory}'."));
        }

        // A directory may be seen and yet not be entered; to look at its own entry takes the same right.
        try
        {
            _ = File.GetAttributes(Path.Combine(directory, "."));
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return new UnauthorizedAccessException(
                $"{failed}: user '{User(startInfo)}' may not enter its working directory '{directory}' (no x permission).");
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Exception ProgramFault(ChildStartInfo startInfo, string? program, int errno, string failed)
    {
        if (program is null)
        {
            return new FileNotFoundException(
                $"{failed}: no directory of the child's PATH has a program of this name. PATH is '{ProgramSearch.Path(startInfo)}'."
                + HintOfBlanks(startInfo),
                startInfo.FileName);
        }

        string path = ProgramSearch.FromHere(program, startInfo);
        if (Directory.Exists(path))
        {
            return new UnauthorizedAccessException($"{failed}: '{program}' is a directory.");
        }

        if (errno == EACCES)
        {
            return new UnauthorizedAccessException(
                File.Exists(path)
                    ? $"{failed}: '{program}' may not be executed by user '{User(startInfo)}': "
                      + "it lacks the x permission (chmod +x), or its file system is mounted noexec."
                    : $"{failed}: user '{User(startInfo)}' may not look into a directory on the way to '{program}'.");
        }

        if (!File.Exists(path))
        {
            return new FileNotFoundException(
                $"{failed}: there is no such file"
                + (Path.IsPathRooted(path) ? "." : $" in '{Environment.CurrentDirectory}'.")
                + HintOfBlanks(startInfo),
                startInfo.FileName);
        }

        if (errno != ENOENT)
        {
            return new IOException($"{failed}: {NativeError.Describe(errno)}.", errno);
        }

        string? interpreter = InterpreterOf(path);
        return new FileNotFoundException(
            interpreter is null
                ? $"{failed}: '{program}' exists, but the loader that it needs does not: "
                  + "it was built for another C library (musl, glibc) or another processor."
                : $"{failed}: '{program}' exists, but its first line names the interpreter '{Escape(interpreter)}', which does not.",
            startInfo.FileName);
    }

    // The most frequent mistake of somebody who comes from a shell.
    private static string HintOfBlanks(ChildStartInfo startInfo)
    {
        string name = startInfo.FileName;
        int blank = name.IndexOf(' ', StringComparison.Ordinal);
        return blank <= 0
            ? ""
            : $" The whole text was taken as the name of the program. To run '{name[..blank]}' with arguments, write "
              + $"[\"{name[..blank]}\", ...] or $\"{name}\".";
    }

    // Who the program would have run as.
    private static string User(ChildStartInfo startInfo) => startInfo.Setup?.User?.Name ?? Environment.UserName;

    private static string Advice(int errno, string program) => errno switch
    {
        ENOEXEC => $" '{program}' is neither a program for this machine nor a script: does its first line begin with '#!'?",
        E2BIG => " The arguments and the environment together are too long; send long data through standard input or a file.",
        ETXTBSY => $" '{program}' is still open for writing, maybe by a process that was started meanwhile; try again.",
        EBADF => " A number in Inherited is beyond the limit of descriptors ('ulimit -n').",
        _ => NativeError.Advice(errno),
    };

    private static string? InterpreterOf(string path)
    {
        Span<byte> start = stackalloc byte[256];
        try
        {
            using FileStream file = File.OpenRead(path);
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (!start.StartsWith("#!"u8))
        {
            return null;
        }

        int end = start.IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(end < 0 ? start[2..] : start[2..end]).TrimStart(' ', '\t');
        int space = line.AsSpan().IndexOfAny(' ', '\t');
        return space < 0 ? line : line[..space];
    }

    // A script with Windows line ends asks for "/bin/sh\r": the most frequent cause, and invisible when printed.
    private static string Escape(string text) => text.Replace("\r", "\\r", StringComparison.Ordinal);
}
