namespace Telar.Subprocesses;

/// <summary>In which pieces the output of the commands of a batch is written.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum OutputGrouping
{
    /// <summary>All of a command at once, when it has ended: commands never mix.</summary>
    ByJob,

    /// <summary>
    /// Each line as soon as it is complete: lines of several commands alternate, but never mix within a line. Of what is written so,
    /// memory keeps the last 64 KiB of each command: see <see cref="BatchResult.Stdout"/>.
    /// </summary>
    ByLine,
}
