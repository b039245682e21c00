namespace Telar.Concurrent.Futures;

/// <summary>An executor did something to a future that the future's state does not allow.</summary>
/// <remarks>Python: <c>concurrent.futures.InvalidStateError</c>.</remarks>
public sealed class InvalidStateException : InvalidOperationException
{
    private InvalidStateException(string message, FutureState state)
        : base(message) => State = state;

    /// <summary>The state the future was in.</summary>
    public FutureState State { get; }

    internal static InvalidStateException For(Future future, string operation, string needed)
    {
        FutureState state = future.State;
        return new InvalidStateException(
            $"{operation} needs {needed} future, but this one is {state}: {future}. Only the executor that made a future starts and ends " +
            $"it, and only once; where two may try, use a Try method.",
            state);
    }
}
