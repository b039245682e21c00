namespace Telar.Threading;

/// <summary>Why a barrier sends its parties away.</summary>
internal enum BreakCause
{
    None,
    Aborted,
    Reset,
    TimedOut,
    ActionFailed,
}
