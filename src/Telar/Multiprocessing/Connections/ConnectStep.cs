namespace Telar.Multiprocessing;

/// <summary>What a <see cref="ConnectAttempt"/> has to wait for.</summary>
internal enum ConnectStep
{
    /// <summary>Nothing: it is connected.</summary>
    Connected,

    /// <summary>The answer of the other machine: the socket becomes writable.</summary>
    Answer,

    /// <summary>A place in the backlog of a Unix listener, which no event announces.</summary>
    Place,
}
