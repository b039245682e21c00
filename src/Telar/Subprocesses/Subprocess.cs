namespace Telar.Subprocesses;

/// <summary>Runs programs.</summary>
/// <remarks>Python: the functions of the module <c>subprocess</c>. <b>Thread safety.</b> All members may be called from any thread.</remarks>
public static partial class Subprocess
{
    /// <summary>
    /// The return code of a child that other code in this process has reaped, on a kernel that does not keep the status. No
    /// program can end with it, and it is no success. Python would say 0.
    /// </summary>
    public const int LostReturnCode = int.MinValue;
}
