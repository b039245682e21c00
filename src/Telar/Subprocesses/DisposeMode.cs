namespace Telar.Subprocesses;

/// <summary>What becomes of a child that still runs when its <see cref="Popen"/> is disposed.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum DisposeMode
{
    /// <summary>It is stopped by <see cref="PopenOptions.Stop"/>. The default; Python would wait.</summary>
    Stop,

    /// <summary>Its end is waited for, however long that takes. Python's way.</summary>
    Wait,

    /// <summary>It goes on without us. It is still reaped at its end, as long as this process lives.</summary>
    Detach,
}
