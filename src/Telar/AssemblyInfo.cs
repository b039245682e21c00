using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

// All native signatures are blittable: no marshalling stub is compiled at start-up, which a worker's first milliseconds pay for.
[assembly: DisableRuntimeMarshalling]
