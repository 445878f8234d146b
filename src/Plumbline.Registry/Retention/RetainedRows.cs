using Plumbline.Events;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Registry.Retention;

/// <summary>Which of a model's declared periods something is kept for.</summary>
public enum RetentionPeriod
{
    /// <summary><c>retention.predictions</c>: the events themselves.</summary>
    Predictions,

    /// <summary><c>retention.profiles</c>: what was computed of them.</summary>
    Profiles,
}

/// <summary>
/// Something that is kept of a model for a declared period, and how what is older is deleted. Registered by whoever owns it.
/// </summary>
/// <param name="Name">What it is called in answers: one of the names of this class.</param>
/// <param name="Period">How long it is kept.</param>
/// <param name="Expire">Deletes what is of before a time, which is the beginning of a month (UTC); repeatable.</param>
public sealed record RetainedRows(
    string Name,
    RetentionPeriod Period,
    Func<ModelDefinition, DateTimeOffset, CancellationToken, Task<ExpiredRows>> Expire
)
{
    public const string Predictions = "predictions";
    public const string GroundTruth = "ground_truth";
    public const string Signals = "signals";
    public const string Profiles = "profiles";
    public const string MetricPoints = "metric_points";

    /// <summary>What the events of a kind are called here.</summary>
    public static string Of(EventKind kind) =>
        kind switch
        {
            EventKind.Prediction => Predictions,
            EventKind.GroundTruth => GroundTruth,
            _ => Signals,
        };

    /// <summary>How long a model keeps it; null for ever.</summary>
    public TimeSpan? KeptFor(ModelDefinition model) =>
        Period == RetentionPeriod.Predictions ? model.PredictionRetention : model.ProfileRetention;
}

/// <summary>How a capability takes part in retention.</summary>
public static class RetainedRowsSetup
{
    /// <summary>Declares what a service keeps of each model.</summary>
    public static IServiceCollection AddRetainedRows<TService>(
        this IServiceCollection services,
        string name,
        RetentionPeriod period,
        Func<TService, int, DateTimeOffset, CancellationToken, Task<ExpiredRows>> expire
    )
        where TService : notnull =>
        services.AddSingleton(provider => new RetainedRows(
            name,
            period,
            (model, before, cancellation) => expire(provider.GetRequiredService<TService>(), model.Id, before, cancellation)
        ));
}
