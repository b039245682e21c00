using System.Globalization;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>Brings a child to its end by a <see cref="StopPolicy"/>, while what it still writes is read.</summary>
internal sealed class Stopping
{
    // After SIGKILL only the kernel can keep a process, and then there is nothing left to do here.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Exchange _exchange;
    private readonly StopPolicy _policy;

    // Until when the child may follow the request; null when there was none.
    private readonly WaitDeadline? _graceEnd;
    private bool _hasFollowed;
    private string? _refusal;

    // Asks the child to end.
    private Stopping(Exchange exchange, StopPolicy policy)
    {
        _exchange = exchange;
        _policy = policy;
        exchange.BeginStop();
        _graceEnd = Request() ? WaitDeadline.After(policy.Grace) : null;
    }

    /// <summary>Stops a child.</summary>
    /// <param name="exchange">What goes on with it.</param>
    /// <param name="policy">How.</param>
    /// <returns>What was done, as a clause for a message: <c>it was stopped by SIGTERM</c>.</returns>
    internal static string Stop(Exchange exchange, StopPolicy policy)
    {
        var stop = new Stopping(exchange, policy);
        if (stop._graceEnd is { } graceEnd)
        {
            _ = Pump.Run(exchange, graceEnd, CancellationToken.None);
        }

        stop.Kill();
        _ = Pump.Run(exchange, WaitDeadline.After(s_patience), CancellationToken.None);
        return stop.Words();
    }

    /// <summary>Stops several children at the same time, in this thread; on Linux.</summary>
    /// <param name="exchanges">What goes on with them.</param>
    /// <param name="policies">How, for each.</param>
    /// <returns>As <see cref="Stop"/>, for each.</returns>
    internal static string[] StopAll(Exchange[] exchanges, StopPolicy[] policies)
    {
        Stopping[] stops = [.. exchanges.Select((exchange, i) => new Stopping(exchange, policies[i]))];
        foreach (Stopping stop in stops.OrderBy(stop => stop._graceEnd?.Timestamp ?? 0))
        {
            if (stop._graceEnd is { } graceEnd)
            {
                _ = PollPump.Run(exchanges, graceEnd, CancellationToken.None);
            }

            stop.Kill();
        }

        _ = PollPump.Run(exchanges, WaitDeadline.After(s_patience), CancellationToken.None);
        return [.. stops.Select(stop => stop.Words())];
    }

    /// <summary>Stops a child; no thread waits, but for one of the pool while a tree is looked for.</summary>
    /// <param name="exchange">What goes on with it.</param>
    /// <param name="policy">How.</param>
    /// <returns>As <see cref="Stop"/>.</returns>
    internal static async Task<string> StopAsync(Exchange exchange, StopPolicy policy)
    {
        var stop = new Stopping(exchange, policy);
        if (stop._graceEnd is { } graceEnd)
        {
            _ = await StreamPump.RunAsync(exchange, graceEnd, CancellationToken.None).ConfigureAwait(false);
        }

        await Task.Run(stop.Kill).ConfigureAwait(false);
        _ = await StreamPump.RunAsync(exchange, WaitDeadline.After(s_patience), CancellationToken.None).ConfigureAwait(false);
        return stop.Words();
    }

    // Whether there is something to wait for.
    private bool Request()
    {
        if (_policy.Request == Signal.None || _exchange.Child.HasExited)
        {
            return false;
        }

        try
        {
            _exchange.Child.Signal((int)_policy.Request);
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or PlatformNotSupportedException)
        {
            _refusal = e.Message;
            return false;
        }
    }

    private void Kill()
    {
        _hasFollowed = _exchange.Child.HasExited;
        try
        {
            if (_policy.Tree)
            {
                _exchange.Child.KillTree();
            }
            else
            {
                _exchange.Child.Signal(SignalNumber.SIGKILL);
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            _refusal = e.Message;
        }
    }

    private string Words()
    {
        if (_exchange.Child.Status is not { } status)
        {
            return $"it could not be stopped{(_refusal is null ? "" : $" ({_refusal})")}, and goes on";
        }

        return _hasFollowed && _policy.Request != Signal.None ? $"it ended after {_policy.Request}, with {status}"
            : _policy.Request == Signal.None ? $"it was {status}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it did not follow {_policy.Request} within {_policy.Grace.TotalSeconds:0.###} s, and was {status}");
    }
}
