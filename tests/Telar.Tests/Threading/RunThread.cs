namespace Telar.Tests.Threading;

using Telar.Threading;

/// <summary>A subclass, as users write one: it overrides Run.</summary>
internal sealed class RunThread(Action<RunThread> body, string? name = null, bool? daemon = null) : Thread(name, daemon)
{
    public void RunHere() => Run();

    protected override void Run() => body(this);
}
