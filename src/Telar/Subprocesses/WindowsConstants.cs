namespace Telar.Subprocesses;

/// <summary>Numbers of Windows that are no flags. They are the same everywhere, and mean something on Windows alone.</summary>
/// <remarks>Python: the <c>STD_*_HANDLE</c> constants. <b>Thread safety.</b> Constants.</remarks>
public static class WindowsConstants
{
    /// <summary>Standard input, to <c>GetStdHandle</c> and <c>SetStdHandle</c>. At first the console's keyboard, <c>CONIN$</c>.</summary>
    public const int StdInputHandle = -10;

    /// <summary>Standard output, to <c>GetStdHandle</c> and <c>SetStdHandle</c>. At first the console's screen, <c>CONOUT$</c>.</summary>
    public const int StdOutputHandle = -11;

    /// <summary>Standard error, to <c>GetStdHandle</c> and <c>SetStdHandle</c>. At first the console's screen, <c>CONOUT$</c>.</summary>
    public const int StdErrorHandle = -12;
}
