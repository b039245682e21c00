namespace Telar.Benchmarks;

/// <summary>Variables that flow with the context.</summary>
internal static class ContextFigures
{
    private const int Calls = 1_000_000;
    private const int PythonCalls = 200_000;

    private static readonly ContextVars.ContextVar<int> s_variable = new("variable");
    private static readonly AsyncLocal<int> s_local = new();
    private static int s_sum;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("context variable, get", "ns", 15,
            new("Telar ContextVar", static _ => LoopSide.Loop(Calls, Get)),
            new("AsyncLocal", static _ => LoopSide.Loop(Calls, GetLocal), Target.TimeAtMost(1.5)),
            Contender.Python("context_get", PythonCalls, Target.FasterAtLeast(1))),
        new("context variable, set", "ns", 15,
            new("Telar ContextVar", static _ => LoopSide.Loop(Calls, Set)),
            new("AsyncLocal", static _ => LoopSide.Loop(Calls, SetLocal), Target.TimeAtMost(2)),
            Contender.Python("context_set", PythonCalls, Target.FasterAtLeast(1))),
        new("context, run", "ns", 15,
            new("Telar Context", static _ => LoopSide.Loop(Calls, Run)),
            new("ExecutionContext.Run", static _ => LoopSide.Loop(Calls, RunExecutionContext), Target.None),
            Contender.Python("context_run", PythonCalls, Target.FasterAtLeast(1))),
    ];

    private static void Get(int count)
    {
        s_variable.Set(1);
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += s_variable.Get();
        }

        s_sum = sum;
    }

    private static void GetLocal(int count)
    {
        s_local.Value = 1;
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += s_local.Value;
        }

        s_sum = sum;
    }

    private static void Set(int count)
    {
        for (int i = 0; i < count; i++)
        {
            s_variable.Set(i);
        }
    }

    private static void SetLocal(int count)
    {
        for (int i = 0; i < count; i++)
        {
            s_local.Value = i;
        }
    }

    private static void Run(int count)
    {
        ContextVars.Context context = ContextVars.Context.CopyCurrent();
        for (int i = 0; i < count; i++)
        {
            context.Run(static () => { });
        }
    }

    private static void RunExecutionContext(int count)
    {
        ExecutionContext context = ExecutionContext.Capture() ?? throw new InvalidOperationException("The flow of the context is suppressed.");
        for (int i = 0; i < count; i++)
        {
            ExecutionContext.Run(context, static _ => { }, null);
        }
    }
}
