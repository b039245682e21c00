using System.Text;

namespace Telar.Tests.Internal.Diagnostics;

/// <summary>A trace in the nettrace format, made by hand.</summary>
internal static class NettraceSample
{
    /// <summary>With one event of the provider <c>Sample</c>: number 9, thread 77, a stack of two addresses, three bytes.</summary>
    public static byte[] OneEvent()
    {
        using MemoryStream trace = new();
        using BinaryWriter writer = new(trace);
        writer.Write("Nettrace"u8);
        WriteText(writer, "!FastSerialization.1");
        WriteObject(writer, "Trace", new byte[48], isBlock: false);
        WriteObject(writer, "MetadataBlock", Events([128, 0, 22], [.. BitConverter.GetBytes(1), .. Encoding.Unicode.GetBytes("Sample\0"), .. BitConverter.GetBytes(9)]));
        WriteObject(writer, "StackBlock", [.. BitConverter.GetBytes(5), .. BitConverter.GetBytes(1), .. BitConverter.GetBytes(16), .. BitConverter.GetBytes(4096L), .. BitConverter.GetBytes(8192L)]);
        WriteObject(writer, "EventBlock", Events([1 | 4 | 8 | 128, 1, 77, 5, 0, 3], [1, 2, 3]));
        writer.Write((byte)1);
        return trace.ToArray();
    }

    // A header of 20 bytes, whose flag 1 says that the heads of events are short.
    private static byte[] Events(byte[] head, byte[] content) => [20, 0, 1, 0, .. new byte[16], .. head, .. content];

    private static void WriteObject(BinaryWriter writer, string type, byte[] content, bool isBlock = true)
    {
        writer.Write([5, 5, 1]);
        writer.Write(new byte[8]);
        WriteText(writer, type);
        writer.Write((byte)6);
        if (isBlock)
        {
            writer.Write(content.Length);
            writer.Write(new byte[-(int)writer.BaseStream.Position & 3]);
        }

        writer.Write(content);
        writer.Write((byte)6);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(text.Length);
        writer.Write(Encoding.ASCII.GetBytes(text));
    }
}
