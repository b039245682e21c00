namespace Telar.CPython.Hosting;

/// <summary>The interpreter's lock, taken or given up for the length of a <c>using</c>.</summary>
internal readonly ref struct Gil
{
    private readonly nint _saved;
    private readonly int _state;

    private Gil(nint saved, int state) => (_saved, _state) = (saved, state);

    /// <summary>Takes the lock, on any thread. It nests.</summary>
    public static Gil Ensure() => new(0, Python.PyGILState_Ensure());

    /// <summary>Gives the lock up, which the caller holds, and takes it back at the end: what blocks, blocks without it.</summary>
    public static Gil Release() => new(Python.PyEval_SaveThread(), 0);

    public void Dispose()
    {
        if (_saved != 0)
        {
            Python.PyEval_RestoreThread(_saved);
        }
        else
        {
            Python.PyGILState_Release(_state);
        }
    }
}
