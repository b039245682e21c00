namespace Telar.CPython.Hosting;

/// <summary>What Python can call: a name, and the lambda that calls the member of Telar.</summary>
/// <remarks>
/// Arguments are converted by the types of the lambda's parameters, before the interpreter's lock is given up; the result is, after it
/// is taken back.
/// </remarks>
internal sealed class MemberTable
{
    private readonly List<(string Name, int Arity, Body Call)> _rows = [];

    /// <summary>Converts, calls, converts.</summary>
    public delegate nint Body(ReadOnlySpan<nint> arguments);

    public int Count => _rows.Count;

    public (string Name, int Arity, Body Call) this[int index] => _rows[index];

    public void Add<TResult>(string name, Func<TResult> body) => _rows.Add((name, 0, _ =>
    {
        TResult result;
        using (Gil.Release())
        {
            result = body();
        }

        return Result.Of(result);
    }));

    public void Add<T1, TResult>(string name, Func<T1, TResult> body) => _rows.Add((name, 1, all =>
    {
        T1 first = Argument.To<T1>(all[0]);
        TResult result;
        using (Gil.Release())
        {
            result = body(first);
        }

        return Result.Of(result);
    }));

    public void Add<T1, T2, TResult>(string name, Func<T1, T2, TResult> body) => _rows.Add((name, 2, all =>
    {
        T1 first = Argument.To<T1>(all[0]);
        T2 second = Argument.To<T2>(all[1]);
        TResult result;
        using (Gil.Release())
        {
            result = body(first, second);
        }

        return Result.Of(result);
    }));

    public void Add<T1, T2, T3, TResult>(string name, Func<T1, T2, T3, TResult> body) => _rows.Add((name, 3, all =>
    {
        T1 first = Argument.To<T1>(all[0]);
        T2 second = Argument.To<T2>(all[1]);
        T3 third = Argument.To<T3>(all[2]);
        TResult result;
        using (Gil.Release())
        {
            result = body(first, second, third);
        }

        return Result.Of(result);
    }));

    public void Add<T1, T2, T3, T4, TResult>(string name, Func<T1, T2, T3, T4, TResult> body) => _rows.Add((name, 4, all =>
    {
        T1 first = Argument.To<T1>(all[0]);
        T2 second = Argument.To<T2>(all[1]);
        T3 third = Argument.To<T3>(all[2]);
        T4 fourth = Argument.To<T4>(all[3]);
        TResult result;
        using (Gil.Release())
        {
            result = body(first, second, third, fourth);
        }

        return Result.Of(result);
    }));

    public void Add<T1, T2, T3, T4, T5, TResult>(string name, Func<T1, T2, T3, T4, T5, TResult> body) => _rows.Add((name, 5, all =>
    {
        T1 first = Argument.To<T1>(all[0]);
        T2 second = Argument.To<T2>(all[1]);
        T3 third = Argument.To<T3>(all[2]);
        T4 fourth = Argument.To<T4>(all[3]);
        T5 fifth = Argument.To<T5>(all[4]);
        TResult result;
        using (Gil.Release())
        {
            result = body(first, second, third, fourth, fifth);
        }

        return Result.Of(result);
    }));

    public void Add<T1, T2, T3, T4, T5, T6, TResult>(string name, Func<T1, T2, T3, T4, T5, T6, TResult> body) =>
        _rows.Add((name, 6, all =>
    {
        T1 first = Argument.To<T1>(all[0]);
        T2 second = Argument.To<T2>(all[1]);
        T3 third = Argument.To<T3>(all[2]);
        T4 fourth = Argument.To<T4>(all[3]);
        T5 fifth = Argument.To<T5>(all[4]);
        T6 sixth = Argument.To<T6>(all[5]);
        TResult result;
        using (Gil.Release())
        {
            result = body(first, second, third, fourth, fifth, sixth);
        }

        return Result.Of(result);
    }));

    public void Add(string name, Action body) => Add(name, () => { body(); return Nothing; });

    public void Add<T1>(string name, Action<T1> body) => Add(name, (T1 first) => { body(first); return Nothing; });

    public void Add<T1, T2>(string name, Action<T1, T2> body) =>
        Add(name, (T1 first, T2 second) => { body(first, second); return Nothing; });

    public void Add<T1, T2, T3>(string name, Action<T1, T2, T3> body) =>
        Add(name, (T1 first, T2 second, T3 third) => { body(first, second, third); return Nothing; });

    /// <summary>A constructor: its first argument is the Python object that stands for the new one.</summary>
    public void New<TResult>(string name, Func<TResult> body)
        where TResult : class => _rows.Add((name, 1, all => Adopt(all[0], body())));

    public void New<T1, TResult>(string name, Func<T1, TResult> body)
        where TResult : class => _rows.Add((name, 2, all => Adopt(all[0], body(Argument.To<T1>(all[1])))));

    public void New<T1, T2, TResult>(string name, Func<T1, T2, TResult> body)
        where TResult : class =>
        _rows.Add((name, 3, all => Adopt(all[0], body(Argument.To<T1>(all[1]), Argument.To<T2>(all[2])))));

    public void New<T1, T2, T3, TResult>(string name, Func<T1, T2, T3, TResult> body)
        where TResult : class =>
        _rows.Add((name, 4, all => Adopt(
            all[0], body(Argument.To<T1>(all[1]), Argument.To<T2>(all[2]), Argument.To<T3>(all[3])))));

    public void New<T1, T2, T3, T4, TResult>(string name, Func<T1, T2, T3, T4, TResult> body)
        where TResult : class =>
        _rows.Add((name, 5, all => Adopt(
            all[0], body(Argument.To<T1>(all[1]), Argument.To<T2>(all[2]), Argument.To<T3>(all[3]), Argument.To<T4>(all[4])))));

    private static object? Nothing => null;

    private static nint Adopt(nint wrapper, object native)
    {
        Handles.Adopt(wrapper, native);
        return Result.None();
    }
}
