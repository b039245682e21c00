namespace Telar.Multiprocessing.Synchronize;

/// <summary>What a process writes into a word that it owns: its number among all users that the segment has had, and a bit.</summary>
/// <remarks>
/// <code>
/// bit  0       left to the protocol (a lock: somebody sleeps)
/// bit  1..10   slot of the process in the segment
/// bit 11..31   how often that slot was taken
/// </code>
/// The count keeps a new process that got the slot of a dead one from looking like it. Zero is nobody.
/// </remarks>
internal static class OwnerToken
{
    /// <summary>The bit that is no part of the owner.</summary>
    internal const int Flag = 1;

    private const int SlotMask = 1023;

    /// <summary>The token of a user of a segment.</summary>
    internal static int Of(int user) => user << 1;

    /// <summary>The user that a token stands for.</summary>
    internal static int User(int owner) => owner >>> 1;

    /// <summary>The slot of an owner.</summary>
    internal static int Slot(int owner) => (owner >> 1) & SlotMask;
}
