namespace Telar.Subprocesses;

/// <summary>Which members of a <see cref="StartupInfo"/> apply.</summary>
/// <remarks>Python: the <c>STARTF_*</c> constants. <b>Thread safety.</b> An enumeration.</remarks>
[Flags]
public enum StartupFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><see cref="StartupInfo.ShowWindow"/> applies.</summary>
    UseShowWindow = 0x1,

    /// <summary>The busy cursor is shown while the child starts.</summary>
    ForceOnFeedback = 0x40,

    /// <summary>The normal cursor is shown while the child starts.</summary>
    ForceOffFeedback = 0x80,

    /// <summary>The three standard handles apply.</summary>
    UseStdHandles = 0x100,
}
