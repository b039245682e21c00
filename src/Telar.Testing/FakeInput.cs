using Telar.Subprocesses;
using Telar.Subprocesses.Output;

namespace Telar.Testing;

/// <summary>Reads what a program would have been fed.</summary>
internal static class FakeInput
{
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(RunOptions options, CancellationToken cancellationToken)
    {
        switch (options.Input)
        {
            case BytesInput bytes:
                return bytes.Bytes;
            case TextInput text:
                return InputText.Encode(text.Text, text.Encoding ?? options.Encoding, options.Errors);
            case StreamInput stream:
                var copy = new MemoryStream();
                await stream.Source.CopyToAsync(copy, cancellationToken).ConfigureAwait(false);
                return copy.ToArray();
            case PiecesInput pieces:
                var all = new List<byte>();
                await foreach (ReadOnlyMemory<byte> piece in pieces.Pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    all.AddRange(piece.Span);
                }

                return all.ToArray();
            default:
                return default;
        }
    }
}
