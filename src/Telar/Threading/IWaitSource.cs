namespace Telar.Threading;

/// <summary>A primitive as the debugger looks at it.</summary>
internal interface IWaitSource
{
    /// <summary>Who holds it, as far as that is known.</summary>
    string HolderText { get; }

    /// <summary>Who waits, the longest wait first: <c>thread 'worker' (7) for 00:00:03</c>.</summary>
    string[] WaiterTexts();
}
