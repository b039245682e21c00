namespace Telar.Multiprocessing.Synchronize;

/// <summary>What a process writes into a word that it owns.</summary>
/// <remarks>
/// <code>
/// bit  0       left to the protocol (a lock: somebody sleeps)
/// bit  1..10   slot of the process in the segment, plus 1: 1 to 1023
/// bit 11..31   generation: how often that slot was taken, modulo 2^21
/// </code>
/// The generation keeps a new process that got the slot of a dead one from looking like it. Zero is nobody.
/// </remarks>
internal static class OwnerToken
{
    /// <summary>The bit that is no part of the owner.</summary>
    internal const int Flag = 1;

    /// <summary>How many processes can use one segment.</summary>
    internal const int Slots = 1023;

    private const int SlotBits = 10;
    private const int GenerationShift = SlotBits + 1;

    internal static int Of(int slot, int generation) => (generation << GenerationShift) | ((slot + 1) << 1);

    /// <summary>The slot of an owner, or -1 for nobody.</summary>
    internal static int Slot(int owner) => ((owner >> 1) & Slots) - 1;

    /// <summary>Whether an owner has its slot in this generation.</summary>
    internal static bool IsOf(int owner, int generation) => (owner ^ (generation << GenerationShift)) >>> GenerationShift == 0;
}
