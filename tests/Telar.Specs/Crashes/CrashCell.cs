namespace Telar.Specs.Crashes;

/// <summary>One cell of the grid: who disturbs a call, when and how, and what the call ends with.</summary>
internal sealed record CrashCell(string Phase, string Actor, string Way, string Outcome)
{
    /// <summary>The kind of outcome, without what is said about it.</summary>
    public string Kind => Outcome.Split(' ')[0];

    /// <summary>What is said about the outcome: the signals, exit codes, types or ways to stop of which one is right.</summary>
    public string[] Expected => Outcome.Split('"')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, { } alternatives, ..] ? alternatives.Split('|') : [];

    /// <summary>What the message has to say; empty for anything.</summary>
    public string Text => Outcome.Split('"') is [_, { } text, _] ? text : "";

    public override string ToString() => $"{Phase} / {Actor} / {Way}";
}
