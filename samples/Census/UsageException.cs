namespace Census;

/// <summary>The user has to change the command; the message says what.</summary>
internal sealed class UsageException(string message) : Exception(message);
