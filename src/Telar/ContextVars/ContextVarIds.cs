namespace Telar.ContextVars;

/// <summary>Numbers the variables of the process.</summary>
internal static class ContextVarIds
{
    private static long s_last = -1;

    /// <summary>A number that was not given before.</summary>
    public static uint Next()
    {
        long next = Interlocked.Increment(ref s_last);
        return next <= uint.MaxValue
            ? (uint)next
            : throw new InvalidOperationException(
                "This process has made 4,294,967,296 context variables, and no more can be told apart. Keep variables in static fields.");
    }
}
