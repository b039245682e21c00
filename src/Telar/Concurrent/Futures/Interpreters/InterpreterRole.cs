using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Threads;
using Telar.Concurrent.Interpreters;
using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Futures;

/// <summary>Gives each thread of a pool an interpreter of its own.</summary>
internal sealed class InterpreterRole : CrewRole
{
    private readonly Interpreter _owner = Interpreter.Current;
    private readonly InterpreterPoolOptions _options;
    private readonly string _whence;
    private readonly Parcel? _initializer;
    private int _lastNumber = -1;

    /// <exception cref="NotShareableException">The initializer holds something that cannot cross.</exception>
    public InterpreterRole(string pool, InterpreterPoolOptions options)
        : base(options)
    {
        _options = options;
        _whence = $"{nameof(InterpreterPoolExecutor)} '{pool}'";
        _initializer = options.Initializer is { } initializer ? Parcel.Pack<RemoteCall>(new ActionCall(initializer)) : null;
    }

    public override string Kind => "Interpreter pool";

    public override bool NeedsSetup => true;

    public override IDisposable SetUp()
    {
        Interpreter interpreter = Interpreter.Create(
            new InterpreterOptions { Name = $"{_whence}, {Interlocked.Increment(ref _lastNumber)}", SharedAssemblies = _options.SharedAssemblies }, _whence);
        var equipment = new PooledInterpreter(interpreter);
        try
        {
            if (_initializer is not null)
            {
                _ = interpreter.Run(_initializer, CancellationToken.None).ResultOrOriginal<object>(_owner);
            }
        }
        catch
        {
            equipment.Dispose();
            throw;
        }

        return equipment;
    }

    public override BrokenThreadPoolException NewBroken(string pool, string message, Exception? cause) => new BrokenInterpreterPoolException(pool, message, cause);
}
