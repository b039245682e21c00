using System.Runtime.InteropServices;

namespace Telar.Subprocesses;

/// <summary>How the window of a child is shown and which handles it gets, on Windows.</summary>
/// <remarks>
/// <code>
/// var hidden = new StartupInfo { Flags = StartupFlags.UseShowWindow, ShowWindow = ShowWindow.Hide };
/// Subprocess.Run(["tool.exe"], new RunOptions { StartupInfo = hidden });
/// </code>
/// The standard handles apply where <see cref="PopenOptions"/> chooses no stream. Python: <c>subprocess.STARTUPINFO</c>. It may be made anywhere, and is refused where it is used on another system.
/// <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed record StartupInfo
{
    /// <summary>Which of the other members apply. Python: <c>dwFlags</c>.</summary>
    /// <value>Default: none.</value>
    public StartupFlags Flags { get; init; }

    /// <summary>Standard input with <see cref="StartupFlags.UseStdHandles"/>. Python: <c>hStdInput</c>.</summary>
    public SafeHandle? StdInput { get; init; }

    /// <summary>Standard output with <see cref="StartupFlags.UseStdHandles"/>. Python: <c>hStdOutput</c>.</summary>
    public SafeHandle? StdOutput { get; init; }

    /// <summary>Standard error with <see cref="StartupFlags.UseStdHandles"/>. Python: <c>hStdError</c>.</summary>
    public SafeHandle? StdError { get; init; }

    /// <summary>The window's state with <see cref="StartupFlags.UseShowWindow"/>. Python: <c>wShowWindow</c>.</summary>
    /// <value>Default: <see cref="ShowWindow.Hide"/>.</value>
    public ShowWindow ShowWindow { get; init; }

    /// <summary>
    /// Handles that the child inherits beyond the standard three, under their numbers; with any, <see cref="PopenOptions.CloseFds"/>
    /// is on. They need not be inheritable. Python: <c>lpAttributeList["handle_list"]</c>.
    /// </summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<SafeHandle> HandleList { get; init; } = [];
}
