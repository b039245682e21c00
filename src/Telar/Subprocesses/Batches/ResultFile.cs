using Telar.Subprocesses.Output;

namespace Telar.Subprocesses;

// Ownership
//   Made by the loop of the driver for one attempt. The run closes it when it has fed it; Finish, by the loop, closes it in any case.

/// <summary>A file of <see cref="BatchOptions.ResultsDirectory"/>, written while its command runs.</summary>
internal sealed class ResultFile : OutputSink
{
    private readonly FileStream _file;
    private readonly Action<Exception> _onFailure;
    private bool _isFed;
    private bool _hasFailed;

    /// <summary>Makes the file, or empties it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="onFailure">Is told when it cannot be written: that ends the batch, and is no failure of the command.</param>
    /// <exception cref="IOException">It cannot be made; also <see cref="UnauthorizedAccessException"/>.</exception>
    internal ResultFile(string path, Action<Exception> onFailure)
    {
        Path = path;
        _onFailure = onFailure;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>The file.</summary>
    internal string Path { get; }

    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        _isFed = true;
        if (_hasFailed)
        {
            return true;
        }

        try
        {
            _file.Write(bytes);
        }
        catch (IOException problem)
        {
            _hasFailed = true;
            _onFailure(problem);
        }

        return true;
    }

    /// <summary>The attempt has ended. A runner that does not feed sinks has the output in its result.</summary>
    /// <param name="output">What the result has.</param>
    internal void Finish(CapturedOutput output)
    {
        if (!_isFed && output is { IsCaptured: true, Length: > 0 })
        {
            _ = Write(output.Bytes.Span);
        }

        Dispose();
    }

    public override void Dispose()
    {
        base.Dispose();
        _file.Dispose();
    }
}
