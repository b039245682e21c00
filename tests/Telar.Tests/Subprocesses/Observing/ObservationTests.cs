using System.Diagnostics;
using System.Diagnostics.Metrics;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses.Observing;

using Telar.Subprocesses;

/// <summary>
/// Alone, as a listener sees the children of the whole process. Seen red with: an end that is seen only by who waits; an end that is
/// reported by all who see it; a listener's exception that leaves the child, or its activity as the current one.
/// </summary>
[CollectionDefinition(nameof(ObservationTests), DisableParallelization = true)]
[Collection(nameof(ObservationTests))]
public sealed class ObservationTests : IDisposable
{
    private readonly List<Activity> _activities = [];
    private readonly List<(string Instrument, double Value, string? Error)> _measurements = [];
    private readonly ActivityListener _tracer;
    private readonly MeterListener _meter = new();

    public ObservationTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Runs /bin/sh.");
        _tracer = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Telar.Subprocesses",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (_activities)
                {
                    _activities.Add(activity);
                }
            },
        };
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Telar.Subprocesses")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _tracer.Dispose();
        _meter.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task ARun_IsAnActivity_OfItsCaller_WithoutSecrets()
    {
        ActivitySource.AddActivityListener(_tracer);
        using Activity caller = new Activity("caller").Start();

        Subprocess.Run(["sh", "-c", "exit 3", "hunter2"], new RunOptions { Cwd = "/", Secrets = ["hunter2"] }, Token);
        await Subprocess.RunAsync(["sh", "-c", "kill -9 $$"], cancellationToken: Token);

        Assert.Same(caller, Activity.Current);
        Assert.All(_activities, activity => Assert.Equal((caller.SpanId, ActivityKind.Client, "sh"), (activity.ParentSpanId, activity.Kind, activity.OperationName)));
        Assert.Equal(2, _activities.Count);
        Assert.Equal(3, _activities[0].GetTagItem("process.exit.code"));
        Assert.Equal("3", _activities[0].GetTagItem("error.type"));
        Assert.Equal("/", _activities[0].GetTagItem("process.working_directory"));
        Assert.Equal(["sh", "-c", "exit 3", "***"], (string[])_activities[0].GetTagItem("process.command_args")!);
        Assert.True(_activities[0].GetTagItem("process.pid") is > 0);
        Assert.Equal((-9, "SIGKILL"), (_activities[1].GetTagItem("process.exit.code"), _activities[1].GetTagItem("error.type")));
        Assert.Equal((ActivityStatusCode.Error, "killed by SIGKILL"), (_activities[1].Status, _activities[1].StatusDescription));
    }

    [Fact(Timeout = 120_000)]
    public void AStartThatFails_AndATimeout_SayWhy()
    {
        ActivitySource.AddActivityListener(_tracer);

        Assert.Throws<FileNotFoundException>(() => Subprocess.Run(["telar-no-such-program"], cancellationToken: Token));
        Assert.Throws<TimeoutExpiredException>(() => Subprocess.Run(["sleep", "60"], timeout: TimeSpan.Zero, cancellationToken: Token));

        Assert.Equal(["System.IO.FileNotFoundException", "timeout"], _activities.Select(activity => activity.GetTagItem("error.type")));
    }

    [Fact(Timeout = 120_000)]
    public void AChildThatNobodyWaitsFor_EndsItsActivityAllTheSame()
    {
        using var ended = new ManualResetEventSlim();
        _tracer.ActivityStopped += _ => ended.Set();
        ActivitySource.AddActivityListener(_tracer);

        using var child = new Popen(["sh", "-c", "exit 0"]);
        Assert.Null(Activity.Current);

        Assert.True(ended.Wait(TimeSpan.FromSeconds(30), Token));
        Assert.Equal((0, null), (_activities.Single().GetTagItem("process.exit.code"), _activities.Single().GetTagItem("error.type")));
    }

    [Fact(Timeout = 120_000)]
    public void Figures_CountStartsEndsFailuresAndBytes()
    {
        _meter.Start();

        Subprocess.Run(["sh", "-c", "echo hello; echo oops >&2"], captureOutput: true, cancellationToken: Token);
        Subprocess.Run(["sh", "-c", "exit 3"], new RunOptions { IsSuccess = code => code == 3 }, Token);
        Subprocess.Run(["sh", "-c", "exit 4"], cancellationToken: Token);
        Assert.Throws<FileNotFoundException>(() => Subprocess.Run(["telar-no-such-program"], cancellationToken: Token));

        Assert.Equal(3, Sum("telar.subprocess.started"));
        Assert.Equal(0, Sum("telar.subprocess.running"));
        Assert.Equal(6, _measurements.Count(row => row.Instrument == "telar.subprocess.running"));
        Assert.Equal(["4", "System.IO.FileNotFoundException"], Errors("telar.subprocess.failed"));
        Assert.Equal([null, null, "4"], Errors("telar.subprocess.duration"));
        Assert.Equal(11, Sum("telar.subprocess.captured"));

        double Sum(string instrument) => _measurements.Where(row => row.Instrument == instrument).Sum(row => row.Value);
        IEnumerable<string?> Errors(string instrument) => _measurements.Where(row => row.Instrument == instrument).Select(row => row.Error);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("telar.subprocess.started")]
    [InlineData("telar.subprocess.running")]
    public void AListenerThatThrows_LeavesNoChild(string throwing)
    {
        _meter.SetMeasurementEventCallback<long>((instrument, _, _, _) =>
        {
            if (instrument.Name == throwing)
            {
                throw new InvalidDataException(throwing);
            }
        });
        _meter.Start();

        Assert.Throws<InvalidDataException>(() => new Popen(["sleep", "1000"], new PopenOptions { Stdout = Stdio.Pipe }));

        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = 120_000)]
    public void ATraceListenerThatThrows_StartsNothing_AndIsNoActivityOfTheCaller()
    {
        _tracer.ActivityStarted = _ => throw new InvalidDataException();
        ActivitySource.AddActivityListener(_tracer);

        Assert.Throws<InvalidDataException>(() => new Popen(["sleep", "1000"]));

        Assert.Null(Activity.Current);
        Assert.Empty(Children.Mine());
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string? error = tags.ToArray().FirstOrDefault(tag => tag.Key == "error.type").Value as string;
        lock (_measurements)
        {
            _measurements.Add((instrument.Name, value, error));
        }
    }
}
