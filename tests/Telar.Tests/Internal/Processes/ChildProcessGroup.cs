using Xunit;

namespace Telar.Tests.Internal.Processes;

/// <summary>Tests that count this process's descriptors, threads and children: nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChildProcessGroup
{
    public const string Name = "Child processes";
}
