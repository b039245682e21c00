/// <summary>What goes through the queue.</summary>
internal sealed record Order(string Item, int Count);
