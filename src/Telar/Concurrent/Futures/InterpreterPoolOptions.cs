using Telar.Concurrent.Interpreters;

namespace Telar.Concurrent.Futures;

/// <summary>How an <see cref="InterpreterPoolExecutor"/> makes and ends its threads and their interpreters.</summary>
/// <remarks>
/// <para>
/// The options of a pool of threads with other defaults: at most 4 threads more than processors and never more than 32, which stay with the
/// executor. <see cref="ThreadPoolOptions.Initializer"/> runs in each new interpreter.
/// </para>
/// Python: the parameters of <c>concurrent.futures.InterpreterPoolExecutor</c>, and Telar's own. <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed record InterpreterPoolOptions : ThreadPoolOptions
{
    /// <summary>Makes the default options.</summary>
    public InterpreterPoolOptions()
    {
        MaxWorkers = Math.Min(32, Environment.ProcessorCount + 4);
        IdleTimeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>The assemblies of which the interpreters have no copies of their own.</summary>
    /// <value>Default: none; see <see cref="InterpreterOptions.SharedAssemblies"/>.</value>
    public IReadOnlyCollection<string> SharedAssemblies { get; init; } = [];
}
