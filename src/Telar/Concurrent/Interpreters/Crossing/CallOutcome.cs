using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

/// <summary>How a call in an interpreter ended: nothing in it belongs to that interpreter.</summary>
internal sealed class CallOutcome
{
    private readonly Interpreter _interpreter;
    private readonly Parcel? _value;
    private readonly ExceptionInfo? _failure;
    private readonly bool _wasCancelled;

    private CallOutcome(Interpreter interpreter, Parcel? value, ExceptionInfo? failure, bool wasCancelled)
    {
        _interpreter = interpreter;
        _value = value;
        _failure = failure;
        _wasCancelled = wasCancelled;
    }

    /// <param name="interpreter">Where the call ran.</param>
    /// <param name="value">The packed result; <see langword="null"/> for a call without one.</param>
    public static CallOutcome Returned(Interpreter interpreter, Parcel? value) => new(interpreter, value, null, wasCancelled: false);

    /// <param name="interpreter">Where the call ran.</param>
    /// <param name="exception">What it threw.</param>
    /// <param name="cancellationToken">The token that the call got.</param>
    public static CallOutcome Threw(Interpreter interpreter, Exception exception, CancellationToken cancellationToken)
    {
        var info = new ExceptionInfo(exception.GetType().FullName ?? exception.GetType().Name, MessageOf(exception), RemoteStack.Of(exception));
        Parcel? copy = null;
        try
        {
            copy = Parcel.Pack(exception);
        }
        catch (NotShareableException)
        {
            // The data tells what can be told.
        }

        return new CallOutcome(interpreter, copy, info, exception is OperationCanceledException && cancellationToken.IsCancellationRequested);
    }

    /// <summary>The result, in the interpreter of the caller.</summary>
    /// <exception cref="ExecutionFailedException">The call threw.</exception>
    /// <exception cref="OperationCanceledException">The call followed the token that it was given.</exception>
    public T Result<T>(Interpreter caller, CancellationToken cancellationToken)
    {
        if (_failure is null)
        {
            return _value is null ? default! : _value.Open<T>(caller); // none: T is never looked at
        }

        if (_wasCancelled)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        throw new ExecutionFailedException(_interpreter.Id, _failure, Original(caller));
    }

    /// <summary>As <see cref="Result"/>, but throws the copy of the original where the caller has its type.</summary>
    public T ResultOrOriginal<T>(Interpreter caller)
    {
        if (_failure is not null)
        {
            throw Original(caller) ?? new ExecutionFailedException(_interpreter.Id, _failure, original: null);
        }

        return Result<T>(caller, CancellationToken.None);
    }

    private static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"(its message cannot be read: {e.GetType().Name})"; // the property is virtual
        }
    }

    private Exception? Original(Interpreter caller)
    {
        try
        {
            return _value?.Open<Exception>(caller) is var copy && copy is RemoteException { IsStandIn: true } ? null : copy;
        }
        catch (InterpreterException)
        {
            return null; // its data is left
        }
    }
}
