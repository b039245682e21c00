namespace Telar.Analyzers.Tests;

/// <summary>TELAR005.</summary>
public class AsyncRunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string InMethod(string body) => $$"""
        namespace App;

        using Telar.ContextVars;

        public static class User
        {
            public static async Task DoAsync(Context context)
            {
                {{body}}
                await Task.Yield();
            }

            private static async Task<int> LoadAsync() { await Task.Yield(); return 1; }

            private static Task StartAsync() => Task.CompletedTask;
        }
        """;

    [Theory(Timeout = 120_000)]
    [InlineData("await context.Run(async () => { await Task.Yield(); });", true)]
    [InlineData("int number = await context.Run(async () => { await Task.Yield(); return 1; });", true)]
    [InlineData("await context.Copy().Run(async delegate { await Task.Yield(); });", true)]
    [InlineData("await context.Run(LoadAsync);", true)]
    [InlineData("context.Run((Action)(async () => await Task.Yield()));", true)]
    [InlineData("await context.Run(StartAsync);", false)] // What it starts is its own business, as with Task.Run.
    [InlineData("await context.Run(() => Task.Run(() => 1));", false)]
    [InlineData("context.Run(() => { });", false)]
    [InlineData("await context.RunAsync(async () => { await Task.Yield(); });", false)]
    [InlineData("await Task.Run(async () => { await Task.Yield(); });", false)]
    public async Task An_async_function_given_to_Run_is_a_warning(string body, bool expected) =>
        Assert.Equal(expected ? ["TELAR005 Run"] : [], await Compiler.ReportedAsync(InMethod(body), Token));

    [Theory(Timeout = 120_000)]
    [InlineData("await context.Run(async () => { await Task.Yield(); });", "await context.RunAsync(async () => { await Task.Yield(); });")]
    [InlineData("int number = await context.Run(LoadAsync);", "int number = await context.RunAsync(LoadAsync);")]
    public async Task The_fix_takes_RunAsync(string body, string expected) =>
        Assert.Equal(InMethod(expected), await Compiler.FixedAsync(InMethod(body), Token));

    [Fact(Timeout = 120_000)]
    public async Task Written_type_arguments_are_not_fixed() =>
        Assert.Null(await Compiler.FixedAsync(InMethod("await context.Run<Task<int>>(async () => { await Task.Yield(); return 1; });"), Token));
}
