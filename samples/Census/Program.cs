using Census;

using Interrupts interrupts = new();
try
{
    return await new CommandLine().InvokeAsync(args, options => new CensusApp(options, interrupts.Token).RunAsync());
}
catch (UsageException e)
{
    Console.Error.WriteLine($"census: {e.Message} (--help says more)");
    return ExitCodes.Usage;
}
catch (OperationCanceledException) when (interrupts.ExitCode != 0)
{
    Console.Error.WriteLine("census: interrupted");
    return interrupts.ExitCode;
}
catch (Exception e)
{
    Console.Error.WriteLine($"census: {e}");
    return ExitCodes.Failure;
}
