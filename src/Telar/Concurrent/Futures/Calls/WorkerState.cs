using System.Collections.Concurrent;

namespace Telar.Concurrent.Futures.Calls;

/// <summary>The values of <see cref="WorkerLocal{T}"/> in this process.</summary>
// Invariants
//   I1  s_made holds the disposable values in the order in which they were made; each is taken out, once, before it is disposed of.
//   I2  The event of the process's end is listened to from the first disposable value on.
// Locks
//   s_made, a leaf: neither factories nor Dispose run under it.
// Ownership
//   The process owns the values, until its end.
internal static class WorkerState
{
    private static readonly ConcurrentDictionary<Guid, object> s_values = new();
    private static readonly Stack<object> s_made = new();
    private static bool s_listens;

    /// <summary>Whether the value of an id was made.</summary>
    public static bool Has(Guid id) => s_values.TryGetValue(id, out object? value) && ((IMade)value).IsMade;

    /// <summary>The value of an id; made once.</summary>
    public static T Get<T>(Guid id, Func<T> factory)
    {
        Entry<T> entry = (Entry<T>)s_values.GetOrAdd(id, static (_, factory) => new Entry<T>(factory), factory);
        try
        {
            return entry.Value;
        }
        catch
        {
            // The entry remembers the failure; the next try gets a fresh one.
            _ = s_values.TryRemove(new KeyValuePair<Guid, object>(id, entry));
            throw;
        }
    }

    private static void Keep(object value)
    {
        lock (s_made)
        {
            s_made.Push(value);
            if (s_listens)
            {
                return;
            }

            s_listens = true;
        }

        AppDomain.CurrentDomain.ProcessExit += static (_, _) => DisposeAll();
    }

    private static void DisposeAll()
    {
        while (TakeLast() is { } value)
        {
            try
            {
                if (value is IDisposable disposable)
                {
                    disposable.Dispose();
                }
                else
                {
                    ((IAsyncDisposable)value).DisposeAsync().AsTask().GetAwaiter().GetResult();
                }
            }
            catch (Exception exception)
            {
                // The process ends: the others are still to be disposed of, and nobody is left to catch it.
                Console.Error.WriteLine($"telar: disposing of the {value.GetType()} of a WorkerLocal threw: {exception}");
            }
        }
    }

    private static object? TakeLast()
    {
        lock (s_made)
        {
            return s_made.TryPop(out object? value) ? value : null;
        }
    }

    private interface IMade
    {
        bool IsMade { get; }
    }

    // Lazy<T> has one thread make the value while the others wait, and refuses a factory that asks for its own value.
    private sealed class Entry<T>(Func<T> factory) : IMade
    {
        private readonly Lazy<T> _value = new(() => Make(factory));

        public T Value => _value.Value;

        public bool IsMade => _value.IsValueCreated;

        private static T Make(Func<T> factory)
        {
            T value = factory();
            if (value is IDisposable or IAsyncDisposable)
            {
                Keep(value);
            }

            return value;
        }
    }
}
