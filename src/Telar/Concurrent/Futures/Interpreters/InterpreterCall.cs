using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Threads;
using Telar.Concurrent.Interpreters;
using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Futures;

/// <summary>A call that was packed by who submitted it, for the interpreter of the thread that will run it.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <param name="call">The call.</param>
/// <exception cref="NotShareableException">The call holds something that cannot cross.</exception>
internal sealed class InterpreterCall<T>(ExecutorCall<T> call) : ExecutorCall<T>
{
    private readonly Interpreter _caller = Interpreter.Current;
    private readonly Parcel _call = Parcel.Pack<RemoteCall>(call);

    public override bool TakesToken { get; } = call.TakesToken;

    public override T Invoke(CancellationToken cancellationToken)
    {
        var own = (PooledInterpreter)ThreadWorker.Current!.Equipment!; // not null: only threads of an interpreter pool get such a call
        return own.Interpreter.Run(_call, cancellationToken).ResultOrOriginal<T>(_caller);
    }
}
