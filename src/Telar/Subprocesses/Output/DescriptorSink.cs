using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Subprocesses.Output;

/// <summary>
/// Output into a descriptor of the caller, on Linux. A FileStream would keep a position of its own in a file, and overwrite
/// what others write there through the same open file.
/// </summary>
/// <param name="descriptor">Where to; it stays open.</param>
internal sealed class DescriptorSink(SafeHandle descriptor) : OutputSink
{
    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        DescriptorIO.Write(descriptor, bytes);
        return true;
    }
}
