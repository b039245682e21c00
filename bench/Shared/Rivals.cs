namespace Telar.Benchmarks;

/// <summary>The other processes of a run, each started when it is first asked for.</summary>
internal sealed class Rivals : IAsyncDisposable
{
    private readonly Lazy<object> _python;
    private readonly Lazy<object> _c;

    /// <param name="python">The interpreter; null looks for one.</param>
    /// <param name="script">Its program, beside ours.</param>
    /// <param name="cSource">The program in C, beside ours.</param>
    public Rivals(string? python, string script, string cSource)
    {
        _python = new(() => StartOrReason(() => Rival.StartPython(python, script)));
        _c = new(() => StartOrReason(() => Rival.StartC(cSource)));
    }

    /// <exception cref="MissingSideException">There is none here.</exception>
    public Rival Python => RivalOf(_python.Value);

    /// <exception cref="MissingSideException">There is none here.</exception>
    public Rival C => RivalOf(_c.Value);

    /// <summary>Who they are, or why not.</summary>
    public string PythonStatus => Describe(_python.Value);

    public string CStatus => Describe(_c.Value);

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<object> rival in new[] { _python, _c })
        {
            if (rival is { IsValueCreated: true, Value: Rival started })
            {
                await started.DisposeAsync();
            }
        }
    }

    // A failed start is remembered with its reason: the next figure does not try again.
    private static object StartOrReason(Func<Rival> start)
    {
        try
        {
            return start();
        }
        catch (MissingSideException exception)
        {
            return exception.Message;
        }
    }

    private static Rival RivalOf(object value) => value as Rival ?? throw new MissingSideException((string)value);

    private static string Describe(object value) => value is Rival rival ? rival.Description : (string)value;
}
