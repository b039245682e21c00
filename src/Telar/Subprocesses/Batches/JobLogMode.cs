namespace Telar.Subprocesses;

/// <summary>What a batch does with a job log that is there already.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum JobLogMode
{
    /// <summary>Refuses to start unless the file is missing or empty: hours of work are not forgotten by mistake.</summary>
    CreateNew,

    /// <summary>Begins it anew.</summary>
    Overwrite,

    /// <summary>Skips the commands that it has, however they ended, and adds the others.</summary>
    Resume,

    /// <summary>Skips the commands that it has as a success, repeats those that failed, and adds the others.</summary>
    ResumeFailed,
}
