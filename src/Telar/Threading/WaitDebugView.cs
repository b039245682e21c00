using System.Diagnostics;

namespace Telar.Threading;

/// <summary>Who holds, who waits, since when: what a debugger shows of a primitive.</summary>
internal sealed class WaitDebugView(IWaitSource source)
{
    public string State => source.ToString()!; // every primitive has a text

    public string Holder => source.HolderText;

    [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
    public string[] Waiters => source.WaiterTexts();
}
