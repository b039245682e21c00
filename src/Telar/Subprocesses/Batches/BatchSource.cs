namespace Telar.Subprocesses;

/// <summary>Where the commands of a batch come from. One read at a time.</summary>
internal abstract class BatchSource : IAsyncDisposable
{
    /// <summary>How many commands there are; null when that is not known before they are read.</summary>
    public virtual int? Total => null;

    public static BatchSource From<T>(IEnumerable<T> items, Func<T, CommandLine> command)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(command);
        return new EnumerableSource<T>(items, command);
    }

    public static BatchSource From<T>(IAsyncEnumerable<T> items, Func<T, CommandLine> command)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(command);
        return new AsyncEnumerableSource<T>(items, command);
    }

    /// <summary>Reads the next command.</summary>
    /// <returns>The command; null when there are no more.</returns>
    public abstract Task<CommandLine?> ReadAsync();

    /// <summary>Ends the source. A read that is under way is told to end.</summary>
    public abstract ValueTask DisposeAsync();

    private static CommandLine NotNull(CommandLine? command) =>
        command ?? throw new ArgumentException("A command of the batch is null. Leave out what is not to be run.", nameof(command));

    private sealed class EnumerableSource<T>(IEnumerable<T> items, Func<T, CommandLine> command) : BatchSource
    {
        private readonly int? _total = items.TryGetNonEnumeratedCount(out int count) ? count : null;
        private readonly bool _isCollection = items is ICollection<T>;
        private IEnumerator<T>? _items;
        private Task<CommandLine?> _read = Task.FromResult<CommandLine?>(null);

        public override int? Total => _total;

        // What is no collection may block: it reads a file, or asks somebody. Nothing else of the batch is to wait for that.
        public override Task<CommandLine?> ReadAsync() => _read = _isCollection ? Task.FromResult(Read()) : Task.Run(Read);

        public override ValueTask DisposeAsync()
        {
            if (_read.IsCompleted)
            {
                _items?.Dispose();
            }
            else
            {
                // Nothing can end a call that blocks. It is left to end by itself, and disposes then what it has read from.
                _ = _read.ContinueWith(_ => _items?.Dispose(), TaskScheduler.Default);
            }

            return ValueTask.CompletedTask;
        }

        private CommandLine? Read()
        {
            _items ??= items.GetEnumerator();
            return _items.MoveNext() ? NotNull(command(_items.Current)) : null;
        }
    }

    private sealed class AsyncEnumerableSource<T>(IAsyncEnumerable<T> items, Func<T, CommandLine> command) : BatchSource
    {
        private readonly CancellationTokenSource _stop = new();
        private IAsyncEnumerator<T>? _items;
        private Task<CommandLine?> _read = Task.FromResult<CommandLine?>(null);

        public override Task<CommandLine?> ReadAsync() => _read = ReadOneAsync();

        public override async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await ((Task)_read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_items is not null)
            {
                await _items.DisposeAsync().ConfigureAwait(false);
            }

            _stop.Dispose();
        }

        private async Task<CommandLine?> ReadOneAsync()
        {
            _items ??= items.GetAsyncEnumerator(_stop.Token);
            return await _items.MoveNextAsync().ConfigureAwait(false) ? NotNull(command(_items.Current)) : null;
        }
    }
}
