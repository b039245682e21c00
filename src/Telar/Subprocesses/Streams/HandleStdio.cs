using System.Runtime.InteropServices;

namespace Telar.Subprocesses;

internal sealed record HandleStdio(SafeHandle Target) : Stdio;
