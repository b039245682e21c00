namespace Telar.Testing;

/// <summary>What comes of a command, decided when it is run.</summary>
/// <param name="call">What is run.</param>
/// <param name="cancellationToken">Cancelled when the run is.</param>
/// <returns>What came of it. What the task throws is thrown by the run.</returns>
public delegate Task<FakeResult> FakeAnswer(FakeCall call, CancellationToken cancellationToken);
