namespace Telar.Subprocesses;

/// <summary>States of a window on Windows.</summary>
/// <remarks>Python: the <c>SW_*</c> constants. <b>Thread safety.</b> An enumeration.</remarks>
public enum ShowWindow
{
    /// <summary>Hidden.</summary>
    Hide = 0,

    /// <summary>Shown and active.</summary>
    Normal = 1,

    /// <summary>Minimized and active.</summary>
    Minimized = 2,

    /// <summary>Maximized and active.</summary>
    Maximized = 3,

    /// <summary>Shown, and the active window stays active.</summary>
    NoActivate = 4,

    /// <summary>Minimized, and the active window stays active.</summary>
    MinimizedNoActivate = 7,
}
