namespace Telar.Concurrent.Interpreters;

/// <summary>A queue between interpreters, whatever its items are.</summary>
internal interface IInterpreterQueue;
