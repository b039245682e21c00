namespace Telar.Concurrent.Futures.Observing;

/// <summary>Calls those who listen to traces, figures and hangs: what they throw must not reach a call, a future or a thread of ours.</summary>
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
            System.Diagnostics.Trace.TraceError($"telar: a listener to traces, figures or hangs of executors threw: {exception}");
        }
    }
}
