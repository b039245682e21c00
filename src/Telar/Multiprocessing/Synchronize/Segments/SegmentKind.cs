namespace Telar.Multiprocessing.Synchronize;

/// <summary>What a segment is for. The numbers are in shared memory.</summary>
internal enum SegmentKind
{
    Lock = 1,
    RLock = 2,
    Semaphore = 3,
    BoundedSemaphore = 4,
    Event = 5,
    Condition = 6,
    Barrier = 7,
}
