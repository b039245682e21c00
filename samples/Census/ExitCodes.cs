namespace Census;

internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The census failed, or two ways of running it disagree.</summary>
    public const int Failure = 1;

    /// <summary>The command makes no sense.</summary>
    public const int Usage = 2;
}
