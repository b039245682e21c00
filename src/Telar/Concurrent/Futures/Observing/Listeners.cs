namespace Telar.Concurrent.Futures.Observing;

/// <summary>Calls those who listen to traces and figures: what they throw must not reach a call, a future or a pool's thread.</summary>
internal static class Listeners
{
    /// <summary>Runs <paramref name="tell"/>, and reports what it throws to <see cref="System.Diagnostics.Trace"/>.</summary>
    public static void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception exception)
        {
            System.Diagnostics.Trace.TraceError($"telar: a listener to traces or figures of executors threw: {exception}");
        }
    }
}
