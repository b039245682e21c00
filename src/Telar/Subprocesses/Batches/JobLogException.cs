using System.Globalization;

namespace Telar.Subprocesses;

/// <summary>A job log cannot be read, does not belong to the batch, or cannot be written.</summary>
/// <remarks>
/// When it cannot be written, the batch has started nothing more and has stopped what ran. <b>Thread safety.</b> As any exception.
/// </remarks>
public sealed class JobLogException : IOException
{
    internal JobLogException(string path, string problem, Exception? innerException = null)
        : base($"The job log '{path}' {problem}", innerException) => Path = path;

    internal JobLogException(string path, int line, string problem)
        : this(path, string.Create(CultureInfo.InvariantCulture, $"{problem} (line {line})")) => Line = line;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The line that is wrong, from 1; null when it is the file as a whole.</summary>
    public int? Line { get; }
}
