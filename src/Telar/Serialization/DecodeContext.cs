using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>What the decoder needs from outside a payload, and what it must not exceed.</summary>
internal sealed class DecodeContext
{
    internal const long BaseAllocation = 16L << 20;
    internal const long AllocationPerByte = 256;

    /// <summary>Gives the local token for an index of <see cref="EncodeContext.Tokens"/>; the flag says "cancelled when it was sent".</summary>
    internal Func<int, bool, CancellationToken>? ResolveToken { get; init; }

    /// <summary>Hands over a descriptor that came along, by its place in <see cref="EncodeContext.Descriptors"/>; <see langword="null"/> for none there.</summary>
    internal Func<int, SafeHandle?>? TakeDescriptor { get; init; }

    /// <summary>Whose types and methods the names mean; <see langword="null"/> for the application's.</summary>
    internal SymbolResolver? Symbols { get; init; }

    /// <summary>The <see cref="EncodeContext.Shared"/> of the sender, which is in this process; <see langword="null"/> if it is not.</summary>
    internal IReadOnlyList<object>? Shared { get; init; }

    /// <summary>
    /// The most memory in bytes that buffers and collections of one value may take; <see langword="null"/> for 16 MiB plus 256 times
    /// the bytes that arrived in place, plus those that came beside.
    /// </summary>
    internal long? MaxAllocation { get; init; }
}
