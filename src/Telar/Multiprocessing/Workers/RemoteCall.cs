using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>A call that can travel: everything it needs is in its fields, so that it can be run in another process.</summary>
/// <remarks>
/// What stays with the caller (the future, the options, the caller's token) is kept elsewhere: a field of a call object is data that
/// has to be sent.
/// </remarks>
internal abstract class RemoteCall : ITelarSendable
{
    /// <summary>Runs the call on the current thread and hands its result to <paramref name="context"/>.</summary>
    /// <param name="context">The place where the call runs.</param>
    /// <remarks>An exception of the user's code leaves this method; the host that called it decides what becomes of it.</remarks>
    public abstract void Execute(RemoteCallContext context);
}
