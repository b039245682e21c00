using System.Globalization;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>Brings a child to its end by a <see cref="StopPolicy"/>, while what it still writes is read.</summary>
internal static class Stopping
{
    // After SIGKILL only the kernel can keep a process, and then there is nothing left to do here.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Stops a child.</summary>
    /// <param name="exchange">What goes on with it.</param>
    /// <param name="policy">How.</param>
    /// <returns>What was done, as a clause for a message: <c>it was stopped by SIGTERM</c>.</returns>
    internal static string Stop(Exchange exchange, StopPolicy policy)
    {
        exchange.BeginStop();
        string? refusal = Request(exchange, policy, out bool isAsked);
        bool hasFollowed = exchange.HasExited
            || (isAsked && Pump.Run(exchange, WaitDeadline.After(policy.Grace), CancellationToken.None) == ExchangeOutcome.Complete);
        refusal = Kill(exchange.Child, policy) ?? refusal;
        _ = Pump.Run(exchange, WaitDeadline.After(s_patience), CancellationToken.None);
        return Words(exchange, policy, hasFollowed, refusal);
    }

    /// <summary>Stops a child; no thread waits, but for one of the pool while a tree is looked for.</summary>
    /// <param name="exchange">What goes on with it.</param>
    /// <param name="policy">How.</param>
    /// <returns>As <see cref="Stop"/>.</returns>
    internal static async Task<string> StopAsync(Exchange exchange, StopPolicy policy)
    {
        exchange.BeginStop();
        string? refusal = Request(exchange, policy, out bool isAsked);
        bool hasFollowed = exchange.HasExited;
        if (!hasFollowed && isAsked)
        {
            ExchangeOutcome outcome = await StreamPump.RunAsync(
                exchange, WaitDeadline.After(policy.Grace), CancellationToken.None).ConfigureAwait(false);
            hasFollowed = outcome == ExchangeOutcome.Complete;
        }

        refusal = await Task.Run(() => Kill(exchange.Child, policy)).ConfigureAwait(false) ?? refusal;
        _ = await StreamPump.RunAsync(exchange, WaitDeadline.After(s_patience), CancellationToken.None).ConfigureAwait(false);
        return Words(exchange, policy, hasFollowed, refusal);
    }

    /// <summary>Asks the child to end.</summary>
    /// <returns>Why it could not be asked, or null.</returns>
    private static string? Request(Exchange exchange, StopPolicy policy, out bool isAsked)
    {
        isAsked = false;
        if (policy.Request == Signal.None || exchange.Child.HasExited)
        {
            return null;
        }

        try
        {
            exchange.Child.Signal((int)policy.Request);
            isAsked = true;
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or PlatformNotSupportedException)
        {
            return e.Message;
        }
    }

    private static string? Kill(ChildProcess child, StopPolicy policy)
    {
        try
        {
            if (policy.Tree)
            {
                child.KillTree();
            }
            else
            {
                child.Signal(SignalNumber.SIGKILL);
            }

            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return e.Message;
        }
    }

    private static string Words(Exchange exchange, StopPolicy policy, bool hasFollowed, string? refusal)
    {
        if (exchange.Child.Status is not { } status)
        {
            return $"it could not be stopped{(refusal is null ? "" : $" ({refusal})")}, and goes on";
        }

        return hasFollowed && policy.Request != Signal.None ? $"it ended after {policy.Request}, with {status}"
            : policy.Request == Signal.None ? $"it was {status}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it did not follow {policy.Request} within {policy.Grace.TotalSeconds:0.###} s, and was {status}");
    }
}
