namespace Telar.Concurrent.Interpreters;

/// <summary>An item in a queue between interpreters.</summary>
/// <param name="Parcel">The item.</param>
/// <param name="Putter">Whether the interpreter that put it is closed.</param>
internal readonly record struct QueuedParcel(Parcel Parcel, InterpreterLife Putter);
