namespace Telar.Multiprocessing.Pools;

/// <summary>The streams between a pool and one of its workers.</summary>
internal enum WorkerStream
{
    Data = 0,
    Control = 1,
    Output = 2,
    Error = 3,

    /// <summary>Not a stream: its process descriptor, readable when the worker has ended.</summary>
    Exit = 4,
}
