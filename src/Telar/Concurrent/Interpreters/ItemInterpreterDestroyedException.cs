namespace Telar.Concurrent.Interpreters;

/// <summary>The item that was got had been put by an interpreter that is closed now, and the queue's policy is to say so.</summary>
/// <remarks>
/// The item is gone from the queue; the next get goes on behind it. See <see cref="UnboundPolicy.Raise"/>.
/// Python: <c>concurrent.interpreters.ItemInterpreterDestroyed</c>. <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class ItemInterpreterDestroyedException : InterpreterException
{
    internal ItemInterpreterDestroyedException(long interpreterId, string queue)
        : base(interpreterId, $"Get took an item out of {queue} that interpreter {interpreterId} had put, but that interpreter is closed. "
            + "The item is gone; get again for the next one.")
    {
    }
}
