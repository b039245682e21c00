using System.Diagnostics.CodeAnalysis;
using Telar.Subprocesses.Output;

namespace Telar.Subprocesses.Exchanges;

/// <summary>What remains to be written to a child, and where. For one thread at a time.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "End lets go of all; the source of the token has no timer.")]
internal sealed class InputLane
{
    private const int PieceSize = 64 * 1024;
    private const byte EndOfTransmission = 4;

    private readonly CancellationTokenSource? _abandon;
    private Stream? _source;
    private IAsyncEnumerator<ReadOnlyMemory<byte>>? _pieces;
    private byte[]? _buffer;
    private bool _isEnded;

    /// <summary>Prepares an input.</summary>
    /// <param name="pipe">Where to write.</param>
    /// <param name="input">What to write; null is nothing.</param>
    /// <param name="options">Tells the encoding of texts.</param>
    internal InputLane(ChildPipe pipe, Input? input, PopenOptions options)
    {
        Pipe = pipe;
        switch (input)
        {
            case BytesInput bytes:
                Rest = bytes.Bytes;
                break;
            case TextInput text:
                Rest = InputText.Encode(text.Text, text.Encoding ?? options.Encoding, options.Errors);
                break;
            case StreamInput stream:
                _source = stream.Source;
                _abandon = new CancellationTokenSource();
                break;
            case PiecesInput pieces:
                _abandon = new CancellationTokenSource();
                _pieces = pieces.Pieces.GetAsyncEnumerator(_abandon.Token);
                break;
        }
    }

    /// <summary>Where to write.</summary>
    internal ChildPipe Pipe { get; }

    /// <summary>What is at hand to be written.</summary>
    internal ReadOnlyMemory<byte> Rest { get; private set; }

    /// <summary>Whether everything is written, or nobody reads any more, or its user has closed it.</summary>
    internal bool IsEnded => _isEnded || Pipe.Handle.IsClosed;

    /// <summary>Whether the user's source may have more.</summary>
    internal bool HasSource => _source is not null || _pieces is not null;

    /// <summary>A load from the source, or a write, that is under way.</summary>
    internal Task? Pending { get; set; }

    /// <summary>Whether what is under way is a load.</summary>
    internal bool IsLoading { get; private set; }

    /// <summary>Notes that bytes were written.</summary>
    /// <param name="count">How many.</param>
    internal void Advance(int count) => Rest = Rest[count..];

    /// <summary>Gets the next piece from the user's source into <see cref="Rest"/>, or finds that there is none.</summary>
    /// <returns>Done.</returns>
    internal async Task LoadAsync()
    {
        IsLoading = true;
        if (_source is { } source)
        {
            _buffer ??= new byte[PieceSize];
            int count = await source.ReadAsync(_buffer, _abandon!.Token).ConfigureAwait(false); // ! made with the source
            Rest = _buffer.AsMemory(0, count);
            _source = count == 0 ? null : _source;
        }
        else if (_pieces is { } pieces)
        {
            if (await pieces.MoveNextAsync().ConfigureAwait(false))
            {
                Rest = pieces.Current;
            }
            else
            {
                _pieces = null;
                await pieces.DisposeAsync().ConfigureAwait(false);
            }
        }

        IsLoading = false;
    }

    /// <summary>Writes what is at hand, and ends the input when nobody reads it.</summary>
    /// <returns>Done.</returns>
    internal async Task WriteRestAsync()
    {
        try
        {
            await Pipe.Stream.WriteAsync(Rest, CancellationToken.None).ConfigureAwait(false);
            Rest = default;
        }
        catch (IOException e) when (PipeIO.IsBroken(e))
        {
            End();
        }
        catch (ObjectDisposedException) when (IsEnded)
        {
        }
    }

    /// <summary>All that is to come of the input was written: the child reads what is in the pipe, and then the end.</summary>
    /// <remarks>The end of a terminal's input is a character, twice where a line has begun.</remarks>
    internal void Finish()
    {
        if (Pipe.IsTerminal && !IsEnded)
        {
            try
            {
                Pipe.Stream.Write([EndOfTransmission, EndOfTransmission]);
            }
            catch (IOException e) when (PipeIO.IsBroken(e))
            {
            }
        }

        End();
    }

    /// <summary>Nothing more is written. Lets go of the user's source, in the middle of a load if need be.</summary>
    internal void End()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        Rest = default;
        if (!Pipe.IsTerminal)
        {
            Pipe.Dispose();
        }

        _source = null;
        IAsyncEnumerator<ReadOnlyMemory<byte>>? pieces = _pieces;
        _pieces = null;
        _abandon?.Cancel();
        _ = LetGoAsync(Pending, pieces);
    }

    // An enumerator may not be disposed while it moves; and what goes wrong here has nobody left to tell.
    private static async Task LetGoAsync(Task? pending, IAsyncEnumerator<ReadOnlyMemory<byte>>? pieces)
    {
        await (pending ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (pieces is not null)
        {
            try
            {
                await pieces.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
            }
        }
    }
}
