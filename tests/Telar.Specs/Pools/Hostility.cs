namespace Telar.Specs.Pools;

/// <summary>What a call may do to the sockets of the worker that runs it.</summary>
public enum Hostility
{
    Garbage,
    HalfAFrame,
    AnswerToNoCall,
    FrameOfTheParent,
    ReadyAgain,
    StartFailedLate,
    BlobsWithoutDescriptor,
    DescriptorOfAPipe,
    HugeFrame,
    CloseData,
    ShutDownWriting,
}
