namespace Telar.Queues;

/// <summary>What a debugger can look at.</summary>
internal interface IDebugSnapshot<T>
{
    T[] Snapshot();
}
