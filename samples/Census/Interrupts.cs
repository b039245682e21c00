namespace Census;

using System.Runtime.InteropServices;

/// <summary>Turns the first Ctrl-C (or SIGTERM) into a cancelled token. The second one ends the process at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public Interrupts() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Cancel(context, 130)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, 143)),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>128 and the number of the signal, as shells have it.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context, int exitCode)
    {
        bool isFirst = Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0;
        context.Cancel = isFirst;
        if (isFirst)
        {
            _source.Cancel();
        }
    }
}
