namespace Telar.Threading.Threads;

/// <summary>The values of <see cref="Local{T}"/> that a reusable thread of the system holds, so that they end with the body.</summary>
/// <remarks>A thread that is not reused needs none of this: its values go with it.</remarks>
internal static class LocalSlots
{
    // Weak: a Local that nobody uses any more is not kept alive by a thread that once did.
    [ThreadStatic]
    private static List<WeakReference<ILocalSlot>>? t_slots;

    public static void Note(ILocalSlot slot)
    {
        if (Carrier.IsReusable)
        {
            (t_slots ??= []).Add(new WeakReference<ILocalSlot>(slot));
        }
    }

    public static void Drop()
    {
        if (t_slots is null)
        {
            return;
        }

        foreach (WeakReference<ILocalSlot> entry in t_slots)
        {
            if (entry.TryGetTarget(out ILocalSlot? slot))
            {
                slot.Clear();
            }
        }

        t_slots = null;
    }
}
