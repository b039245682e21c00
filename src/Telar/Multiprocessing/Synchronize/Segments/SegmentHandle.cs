using Telar.Serialization;

namespace Telar.Multiprocessing.Synchronize;

/// <summary>How another process finds a segment.</summary>
/// <param name="Id">Which segment.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Name">Its name; <see langword="null"/> for one that is reached through the process that sends the handle.</param>
/// <param name="ProcessId">That process.</param>
/// <param name="Descriptor">Its descriptor of the segment.</param>
internal readonly record struct SegmentHandle(Guid Id, SegmentKind Kind, string? Name, int ProcessId, int Descriptor)
{
    internal static SegmentHandle Read(PayloadReader reader) => new(
        reader.ReadGuid(), (SegmentKind)reader.ReadInt32(), reader.ReadString(), reader.ReadInt32(), reader.ReadInt32());

    internal void Write(PayloadWriter writer)
    {
        writer.WriteGuid(Id);
        writer.WriteInt32((int)Kind);
        writer.WriteString(Name);
        writer.WriteInt32(ProcessId);
        writer.WriteInt32(Descriptor);
    }
}
