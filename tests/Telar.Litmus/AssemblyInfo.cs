using Telar.Litmus.Harness;

// A race wants the processors for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Totals))]
