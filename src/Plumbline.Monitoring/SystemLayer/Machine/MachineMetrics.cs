using Plumbline.Monitoring.Metrics;

namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>
/// Metrics of the machine that a model runs on, pulled from a Prometheus by declared queries. Each has one meaning, so that rules,
/// incidents and pages know what a high value says, whatever the query is.
/// </summary>
public static class MachineMetrics
{
    /// <summary>What the names of all begin with.</summary>
    public const string Prefix = "machine.";

    public const string Cpu = "machine.cpu";
    public const string Memory = "machine.memory";
    public const string Gpu = "machine.gpu";
    public const string GpuMemory = "machine.gpu_memory";
    public const string Queue = "machine.queue";
    public const string QueueTime = "machine.queue_ms";
    public const string RequestTime = "machine.request_ms";
    public const string RequestErrors = "machine.request_errors";

    /// <summary>Those whose high values mean that there is no room left: the share of what there is, or what waits.</summary>
    public static IReadOnlyList<string> OfSaturation { get; } = [Cpu, Memory, Gpu, GpuMemory, Queue, QueueTime];

    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        Share(Cpu, "CPU", "Processor time used, divided by what there is; 1 is all of it."),
        Share(Memory, "Memory", "Memory used, divided by what there is."),
        Share(Gpu, "GPU", "Share of time in which the GPU computes."),
        Share(GpuMemory, "GPU memory", "Memory of the GPU used, divided by what there is."),
        new(
            Queue,
            MetricLayer.System,
            "requests",
            "[0, ∞)",
            MetricDirection.LowerIsBetter,
            "Requests that wait before the model, on average over the window."
        )
        {
            Title = "Queue",
            FollowsCalendar = true,
            Floor = new(1),
        },
        Duration(QueueTime, "Time in the queue", "How long a request waits before the model works on it."),
        Duration(RequestTime, "Request time", "How long requests take, as the machine's own metrics say."),
        Share(RequestErrors, "Failed requests", "Requests that failed, divided by all, as the machine's own metrics say.") with
        {
            Floor = new(0.01),
        },
    ];

    /// <summary>The metric without what all names begin with: <c>cpu</c>.</summary>
    public static string ShortOf(string metric) => metric[Prefix.Length..];

    private static MetricDefinition Share(string name, string title, string definition) =>
        new(name, MetricLayer.System, "share", "[0, ∞)", MetricDirection.LowerIsBetter, definition)
        {
            Title = title,
            FollowsCalendar = true,
            Floor = new(0.15),
        };

    private static MetricDefinition Duration(string name, string title, string definition) =>
        new(name, MetricLayer.System, "ms", "[0, ∞)", MetricDirection.LowerIsBetter, definition)
        {
            Title = title,
            FollowsCalendar = true,
            Floor = new(0.25, IsRelative: true),
        };
}
