using System.Text.Json;
using Plumbline.Registry.Text;

namespace Plumbline.Review.Retraining.Triggers;

/// <summary>When a model is trained again: one condition is enough, and none fires while something is in its way.</summary>
public sealed record RetrainingTrigger
{
    /// <summary>Of its model; 1..64 characters of A-Z a-z 0-9 . _ -.</summary>
    public string Name { get; init; } = "";

    /// <summary>False: it does not fire.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The data set that is made for each run; null for none.</summary>
    public string? Dataset { get; init; }

    /// <summary>Where it trains.</summary>
    public string Target { get; init; } = "";

    /// <summary>What it fires by.</summary>
    public TriggerConditions When { get; init; } = new();

    /// <summary>After a run of it none follows for this long. Range 1m..365d, default 1d.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Runs of it in 24 hours. Range 1..100, default 1.</summary>
    public int MaxPerDay { get; init; } = 1;

    /// <summary>
    /// Predictions whose ground truth, of people or others, came since the last run: so many are needed whatever it fires by. Range
    /// 0..10,000,000, default 0.
    /// </summary>
    public int MinimumNewLabels { get; init; }

    /// <summary>Whether its runs wait for somebody's word. Default false.</summary>
    public bool Approval { get; init; }

    /// <summary>How triggers are written in the API and in the state.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
            Converters = { new DurationJsonConverter() },
        };
}

/// <summary>What a trigger fires by; at least one is given.</summary>
public sealed record TriggerConditions
{
    /// <summary>Answers of people since the last run that did not fail. Range 1..10,000,000; null: not by answers.</summary>
    public int? NewAnswers { get; init; }

    /// <summary>Null: not by performance.</summary>
    public PerformanceCondition? Performance { get; init; }

    /// <summary>
    /// <c>daily</c>, <c>weekly</c>, a duration such as <c>36h</c> since the last run, or a cron expression of five fields in UTC. Null: not
    /// by time.
    /// </summary>
    public string? Schedule { get; init; }
}

/// <summary>Performance, realised or estimated, beyond a bound for some windows.</summary>
public sealed record PerformanceCondition
{
    /// <summary>A metric of performance: <c>performance.accuracy</c>, <c>estimated.roc_auc</c> ..</summary>
    public string Metric { get; init; } = "";

    /// <summary>It counts below this; null: not.</summary>
    public double? Below { get; init; }

    /// <summary>It counts above this; null: not.</summary>
    public double? Above { get; init; }

    /// <summary>
    /// Closed windows one after the other, all since the last run. Range 1..100, default 3. More is later and less often for nothing.
    /// </summary>
    public int Windows { get; init; } = 3;

    /// <summary>Length of the windows: that of the model, 1d or 7d. Default 1d.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Whether a value is on the wrong side.</summary>
    public bool IsBeyond(double value) => value < Below || value > Above;
}
