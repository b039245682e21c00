namespace Telar.Queues.Waiting;

/// <summary>What a waiter of a queue waits for; each has a list of its own.</summary>
internal enum WaitKind
{
    /// <summary>An item, to take it.</summary>
    Get,

    /// <summary>A place, to put an item there.</summary>
    Put,

    /// <summary>That all items are done.</summary>
    Join,

    /// <summary>That there is an item, which anybody may take.</summary>
    Readable,

    /// <summary>That there is a place, which anybody may fill.</summary>
    Writable,
}
