using Telar.Concurrent.Interpreters;

namespace Telar.Concurrent.Futures;

/// <summary>The interpreter of one thread of a pool.</summary>
internal sealed class PooledInterpreter(Interpreter interpreter) : IDisposable
{
    public Interpreter Interpreter => interpreter;

    public void Dispose()
    {
        try
        {
            interpreter.Dispose();
        }
        catch (InterpreterException)
        {
            // A call has left another one running in it (CallInThread, CallAsync). It is unloaded when that has ended: nobody holds it then.
        }
    }
}
