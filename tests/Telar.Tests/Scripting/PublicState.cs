namespace Telar.Tests.Scripting;

/// <summary>A static that scripts can see.</summary>
public static class PublicState
{
    public static int Value { get; set; }
}
