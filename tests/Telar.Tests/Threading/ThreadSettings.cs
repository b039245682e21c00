namespace Telar.Tests.Threading;

/// <summary>The collection of tests that change settings of the whole process: nothing runs beside them.</summary>
[CollectionDefinition(nameof(ThreadSettings), DisableParallelization = true)]
public sealed class ThreadSettings;
