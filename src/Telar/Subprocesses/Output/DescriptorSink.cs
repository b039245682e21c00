using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Subprocesses.Output;

/// <summary>
/// Output into a descriptor, on Linux. A FileStream would keep a position of its own in a file, and overwrite
/// what others write there through the same open file.
/// </summary>
/// <param name="descriptor">Where to.</param>
/// <param name="ownsDescriptor">Whether it is closed at the end.</param>
internal sealed class DescriptorSink(SafeHandle descriptor, bool ownsDescriptor) : OutputSink
{
    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        DescriptorIO.Write(descriptor, bytes);
        return true;
    }

    public override void Dispose()
    {
        base.Dispose();
        if (ownsDescriptor)
        {
            descriptor.Dispose();
        }
    }
}
