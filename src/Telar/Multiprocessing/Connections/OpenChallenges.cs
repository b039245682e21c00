namespace Telar.Multiprocessing;

/// <summary>The challenges that this process has put and that are not answered yet.</summary>
/// <remarks>
/// Who does not know the key can still have it used: by putting this process's own challenge back to it, on the same connection or on another
/// that this process makes. So a challenge that is in here is never answered.
/// <b>Thread safety.</b> All members may be called from any thread.
/// </remarks>
// Locks
//   s_open is its own lock, a leaf.
internal static class OpenChallenges
{
    private static readonly HashSet<string> s_open = [];

    internal static void Add(ReadOnlySpan<byte> challenge)
    {
        string text = Convert.ToHexString(challenge);
        lock (s_open)
        {
            s_open.Add(text);
        }
    }

    internal static void Remove(ReadOnlySpan<byte> challenge)
    {
        string text = Convert.ToHexString(challenge);
        lock (s_open)
        {
            s_open.Remove(text);
        }
    }

    internal static bool Contains(ReadOnlySpan<byte> challenge)
    {
        string text = Convert.ToHexString(challenge);
        lock (s_open)
        {
            return s_open.Contains(text);
        }
    }
}
