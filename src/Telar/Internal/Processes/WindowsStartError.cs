using static Telar.Interop.Kernel32;

namespace Telar.Internal.Processes;

/// <summary>Finds out after a failed start on Windows what was at fault, and says it as on the other systems.</summary>
internal static class WindowsStartError
{
    /// <summary>The exception for a failed start.</summary>
    /// <param name="startInfo">What was to be started.</param>
    /// <param name="program">The file that was tried; null when there was none to try.</param>
    /// <param name="error">What the system said; ERROR_FILE_NOT_FOUND when there was no file to try.</param>
    /// <returns>The exception to throw.</returns>
    internal static Exception Create(ChildStartInfo startInfo, string? program, int error)
    {
        string failed = $"Cannot start '{startInfo.FileName}'";
        return DirectoryFault(startInfo, failed) ?? ProgramFault(startInfo, program, error, failed);
    }

    private static DirectoryNotFoundException? DirectoryFault(ChildStartInfo startInfo, string failed)
    {
        string? directory = startInfo.WorkingDirectory;
        if (directory is null || Directory.Exists(directory))
        {
            return null;
        }

        return new DirectoryNotFoundException(
            File.Exists(directory)
                ? $"{failed}: its working directory '{directory}' is a file."
                : $"{failed}: its working directory '{directory}' does not exist"
                  + (Path.IsPathFullyQualified(directory) ? "." : $" in '{Environment.CurrentDirectory}'."));
    }

    private static Exception ProgramFault(ChildStartInfo startInfo, string? program, int error, string failed)
    {
        if (program is null)
        {
            return MissingProgram(startInfo, failed);
        }

        return error switch
        {
            ERROR_FILE_NOT_FOUND or ERROR_PATH_NOT_FOUND => new FileNotFoundException(
                $"{failed}: there is no file '{program}', or a library that it needs is missing.", startInfo.FileName),
            ERROR_DIRECTORY => new DirectoryNotFoundException(
                $"{failed}: its working directory '{startInfo.WorkingDirectory}' cannot be entered."),
            ERROR_ACCESS_DENIED => new UnauthorizedAccessException(
                $"{failed}: user '{Environment.UserName}' may not execute '{program}', or a policy or a virus scanner forbids it."),
            ERROR_ELEVATION_REQUIRED => new UnauthorizedAccessException(
                $"{failed}: '{program}' asks to be run as administrator. Start this process as administrator."),
            ERROR_BAD_EXE_FORMAT or ERROR_BAD_FORMAT or ERROR_EXE_MACHINE_TYPE_MISMATCH => Windows(
                error, $"{failed}: '{program}' is no program for this machine"),
            ERROR_FILENAME_EXCED_RANGE => Windows(
                error, $"{failed}: the command line is too long. Send long data through standard input or a file"),
            _ => Windows(error, failed),
        };
    }

    private static Exception MissingProgram(ChildStartInfo startInfo, string failed)
    {
        string name = startInfo.FileName;
        if (name.AsSpan().IndexOfAny('\\', '/', ':') < 0)
        {
            return new FileNotFoundException(
                $"{failed}: neither the system's directories nor a directory of the child's PATH have a program of this name "
                + $"(.com, .exe, .bat, .cmd; the current directory is not searched). PATH is '{WindowsEnvironmentBlock.Get(startInfo, "PATH")}'.",
                name);
        }

        string path = Path.GetFullPath(name, Path.GetFullPath(startInfo.WorkingDirectory ?? "."));
        return Directory.Exists(path)
            ? new UnauthorizedAccessException($"{failed}: '{path}' is a directory.")
            : new FileNotFoundException($"{failed}: there is no file '{path}'.", name);
    }

    private static IOException Windows(int error, string failed) => WindowsError.Exception(error, failed);
}
