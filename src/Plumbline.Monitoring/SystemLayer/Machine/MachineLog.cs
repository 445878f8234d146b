namespace Plumbline.Monitoring.SystemLayer.Machine;

/// <summary>What pulling metrics of machines logs.</summary>
internal static partial class MachineLog
{
    [LoggerMessage(4901, LogLevel.Warning, "The query for {Metric} of {Model} gave nothing: {Prometheus}: {Problem}.")]
    internal static partial void QueryFailed(this ILogger log, string metric, string model, string prometheus, string problem);

    [LoggerMessage(4902, LogLevel.Error, "Metrics of machines could not be pulled; it is tried again.")]
    internal static partial void PullFailed(this ILogger log, Exception error);
}
