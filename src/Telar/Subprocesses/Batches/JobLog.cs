using System.Text;

namespace Telar.Subprocesses;

// Ownership
//   The driver of the batch is the only one that calls it, from its loop. The file is locked against other writers as long as it is open.
// A line is one write, so a process that is killed leaves whole lines behind. A disk that runs full may leave a part of the last one:
// when the log is read again, what follows the last line feed does not count and is cut off.

/// <summary>The file that says which commands of a batch have ended, and how.</summary>
internal sealed class JobLog : IDisposable
{
    private readonly string _path;
    private readonly Dictionary<int, JobLogEntry> _before = [];
    private readonly FileStream? _file;

    private JobLog(string path, FileStream? file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Opens a log, reads what is in it when the batch resumes, and writes its first line when it is new.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">What to do with what is there.</param>
    /// <param name="isReadOnly">Whether nothing is to be written, and no file to be made.</param>
    /// <exception cref="JobLogException">It cannot be opened, read or written, or is no job log.</exception>
    public static JobLog Open(string path, JobLogMode mode, bool isReadOnly)
    {
        bool resumes = mode is JobLogMode.Resume or JobLogMode.ResumeFailed;
        if (isReadOnly && (!resumes || !File.Exists(path)))
        {
            return new JobLog(path, file: null);
        }

        FileStream? file = null;
        try
        {
            // Without a buffer: a line is in the file when it has been written.
            file = new FileStream(
                path,
                isReadOnly ? FileMode.Open : FileMode.OpenOrCreate,
                isReadOnly ? FileAccess.Read : resumes ? FileAccess.ReadWrite : FileAccess.Write,
                isReadOnly ? FileShare.ReadWrite : FileShare.Read,
                bufferSize: 0);
            if (!isReadOnly && !WriterLock.TryTake(file.SafeFileHandle))
            {
                throw new JobLogException(path, "is being written by another batch. Wait until that has ended, or name another file.");
            }

            JobLog log = new(path, file);
            try
            {
                log.Begin(mode, resumes, isReadOnly);
                return log;
            }
            catch
            {
                log.Dispose();
                throw;
            }
        }
        catch (Exception problem) when (problem is IOException and not JobLogException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new JobLogException(path, $"cannot be opened: {problem.Message}", problem);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>What the log says about the command in a place of the list, when an earlier batch has run it.</summary>
    /// <param name="seq">The place.</param>
    /// <param name="command">The command that stands there now.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="JobLogException">Another command stood there: the log belongs to another list.</exception>
    public JobLogEntry? Find(int seq, CommandLine command, RunOptions options)
    {
        if (!_before.TryGetValue(seq, out JobLogEntry? entry))
        {
            return null;
        }

        string text = JobLogFormat.Text(command, options);
        if (text != entry.Command)
        {
            throw new JobLogException(
                _path,
                entry.Line,
                $"belongs to another list of commands: its command {seq} is `{entry.Command}`, but that of this batch is `{text}`. "
                + "Resume with the same list, name another log, or choose JobLogMode.Overwrite");
        }

        bool isSuccess = entry.ReturnCode is { } code && (options.IsSuccess?.Invoke(code) ?? code == 0);
        return entry with { IsSuccess = isSuccess };
    }

    /// <summary>Writes that a command has ended.</summary>
    /// <exception cref="JobLogException">It cannot be written.</exception>
    public void Write(BatchResult result, RunOptions options) => WriteLine(JobLogFormat.Line(result, options));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file is { CanWrite: true })
        {
            WriterLock.Release(_file.SafeFileHandle);
        }

        _file?.Dispose();
    }

    private void Begin(JobLogMode mode, bool resumes, bool isReadOnly)
    {
        // A pipe or a terminal cannot be looked at, and has nothing to resume from.
        long length = _file!.CanSeek ? _file.Length : 0; // opened just before
        if (length > 0 && mode == JobLogMode.CreateNew)
        {
            throw new JobLogException(
                _path,
                "is there already, from an earlier batch. Choose JobLogMode.Resume to go on where it ended, JobLogMode.Overwrite to begin anew, "
                + "or another file.");
        }

        // Not emptied when it was opened: it might have belonged to another batch.
        long kept = resumes && length > 0 ? ReadLines() : 0;
        if (isReadOnly)
        {
            return;
        }

        if (kept < length)
        {
            _file.SetLength(kept);
        }

        if (kept > 0)
        {
            _ = _file.Seek(kept, SeekOrigin.Begin);
        }
        else
        {
            WriteLine(JobLogFormat.Header);
        }
    }

    /// <summary>Reads all lines that are complete.</summary>
    /// <returns>The number of bytes that they take.</returns>
    private long ReadLines()
    {
        byte[] bytes = new byte[_file!.Length]; // opened just before
        _file.ReadExactly(bytes);
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        string[] lines = Encoding.UTF8.GetString(bytes, 0, end).Split('\n');
        if (end > 0 && lines[0] != JobLogFormat.Header)
        {
            throw new JobLogException(
                _path, 1, "is no job log: its first line is not the list of columns that it must begin with. Is it the right file?");
        }

        for (int i = 1; i < lines.Length - 1; i++)
        {
            // The last one of a place counts: a batch that was resumed has added it.
            (int seq, JobLogEntry entry) = JobLogFormat.Read(lines[i], i + 1)
                ?? throw new JobLogException(_path, i + 1, "has a line that is none of a job log. Mend or remove the line");
            _before[seq] = entry;
        }

        return end;
    }

    private void WriteLine(string text)
    {
        try
        {
            _file?.Write(Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (IOException problem)
        {
            throw new JobLogException(
                _path,
                $"cannot be written: {problem.Message} The batch was stopped; what the log has is right, so a batch can be resumed from it.",
                problem);
        }
    }
}
