namespace Telar.Concurrent.Interpreters;

/// <summary>An exception as data: it means the same in every interpreter.</summary>
/// <param name="TypeName">The full name of its type.</param>
/// <param name="Message">Its message.</param>
/// <param name="StackTrace">Where it was thrown; empty if it never was.</param>
/// <remarks>
/// Python: the snapshot <c>ExecutionFailed.excinfo</c> with <c>type</c>, <c>msg</c> and <c>formatted</c>. <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed record ExceptionInfo(string TypeName, string Message, string StackTrace);
