namespace Telar.Subprocesses;

/// <summary>Flags and priority classes of CreateProcess on Windows.</summary>
/// <remarks>Python: the <c>CREATE_*</c> and <c>*_PRIORITY_CLASS</c> constants. <b>Thread safety.</b> An enumeration.</remarks>
[Flags]
public enum CreationFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>No console at all; not with <see cref="NewConsole"/>.</summary>
    Detached = 0x8,

    /// <summary>A console of its own.</summary>
    NewConsole = 0x10,

    /// <summary>Normal priority.</summary>
    NormalPriority = 0x20,

    /// <summary>Runs only when nothing else wants to.</summary>
    IdlePriority = 0x40,

    /// <summary>High priority.</summary>
    HighPriority = 0x80,

    /// <summary>Above everything; may starve the system.</summary>
    RealtimePriority = 0x100,

    /// <summary>A process group of its own, which console events can be sent to; ignored with <see cref="NewConsole"/>.</summary>
    NewProcessGroup = 0x200,

    /// <summary>Priority below normal.</summary>
    BelowNormalPriority = 0x4000,

    /// <summary>Priority above normal.</summary>
    AboveNormalPriority = 0x8000,

    /// <summary>Outside of this process's job, where the job allows that.</summary>
    BreakawayFromJob = 0x0100_0000,

    /// <summary>The system's error mode rather than this process's.</summary>
    DefaultErrorMode = 0x0400_0000,

    /// <summary>A console without a window.</summary>
    NoWindow = 0x0800_0000,
}
