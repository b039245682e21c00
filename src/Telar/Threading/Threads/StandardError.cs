namespace Telar.Threading.Threads;

/// <summary>Where reports go that nobody else takes.</summary>
internal static class StandardError
{
    public static void Write(string text)
    {
        try
        {
            Console.Error.WriteLine(text);
        }
        catch (Exception)
        {
            // A closed standard error must not end a thread that is ending anyway: there is nowhere left to report to.
        }
    }
}
