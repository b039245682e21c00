namespace Telar.Serialization;

/// <summary>
/// Marks Telar's own types whose objects stand for something outside of the process, such as shared memory or a socket: a handle travels,
/// and the receiver attaches to the same thing. Honoured only on types of this assembly.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal interface IHandleSendable<TSelf>
    where TSelf : class, IHandleSendable<TSelf>
{
    /// <summary>Writes the handle.</summary>
    void WriteHandle(GraphEncoder encoder);

    /// <summary>Attaches to what a handle stands for.</summary>
    static abstract TSelf ReadHandle(GraphDecoder decoder);
}
