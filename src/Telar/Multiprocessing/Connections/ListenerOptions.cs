namespace Telar.Multiprocessing;

/// <summary>How a <see cref="Listener"/> listens.</summary>
/// <remarks><b>Thread safety.</b> Immutable once made.</remarks>
public sealed class ListenerOptions : ConnectionOptions
{
    private readonly int _backlog = 128;
    private readonly int _maxWaiting = 64;

    /// <summary>Gets how many clients the system keeps waiting before it refuses more, 1 or more.</summary>
    /// <value>Default: 128. Python's is 1.</value>
    public int Backlog
    {
        get => _backlog;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _backlog = value;
        }
    }

    /// <summary>Gets how many clients may be authenticating themselves, or have done so and wait for <see cref="Listener.Accept"/>, 1 or more.</summary>
    /// <value>Default: 64. More clients wait in the backlog.</value>
    public int MaxWaiting
    {
        get => _maxWaiting;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxWaiting = value;
        }
    }
}
