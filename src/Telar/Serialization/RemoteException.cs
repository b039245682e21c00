namespace Telar.Serialization;

/// <summary>Stands in for an exception of another process whose own type cannot be rebuilt here.</summary>
/// <remarks>
/// <para>
/// <see cref="Exception.Message"/> is the message of the original, and <see cref="Exception.ToString"/> shows where it was thrown.
/// An exception comes back as its own type wherever that is possible; the usual reasons why not are an assembly that only the
/// other process has loaded, and a type that was made at run time.
/// </para>
/// <para>Python: <c>multiprocessing.RemoteError</c>, and the <c>RemoteTraceback</c> cause of <c>concurrent.futures</c>.</para>
/// <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class RemoteException : Exception
{
    internal RemoteException(string remoteType, string message)
        : base(message)
    {
        RemoteType = remoteType;
        RemoteStackTrace = "";
        IsStandIn = true;
    }

    /// <summary>Gets the full name of the type of the original exception.</summary>
    public string RemoteType { get; }

    /// <summary>Gets the stack trace of the original exception; empty if it was never thrown.</summary>
    public string RemoteStackTrace { get; internal set; }

    /// <summary>Whether this object was made here for an exception of another type; not one that merely passes through.</summary>
    [field: NonSerialized]
    internal bool IsStandIn { get; }
}
