using Plumbline.Alerting.Alerts;
using Plumbline.Registry.Models;

namespace Plumbline.Alerting.Causes;

/// <summary>What a search for causes starts from.</summary>
/// <param name="Model">The model in which the incident was seen first.</param>
/// <param name="Onset">When it began.</param>
/// <param name="Alerts">Its alerts, the oldest first.</param>
/// <param name="Segments">Segments that stand out, the worst first; empty when it is about all rows.</param>
/// <param name="Evidence">Reads what the server has stored.</param>
public sealed record CauseSearch(
    ModelDefinition Model,
    DateTimeOffset Onset,
    IReadOnlyList<AlertRow> Alerts,
    IReadOnlyList<string> Segments,
    CauseEvidence Evidence
)
{
    private ScopeMoves? _moves;
    private IReadOnlyList<MovedFeature>? _features;

    /// <summary>The segment that stands out most; empty when it is about all rows.</summary>
    internal string Scope => Segments.Count > 0 ? Segments[0] : "";

    /// <summary>What moved there at the onset, read once.</summary>
    internal async Task<ScopeMoves> MovesAsync(CancellationToken cancellation) => _moves ??= await ScopeMoves.ReadAsync(this, cancellation);

    /// <summary>The features among it, and those that alerts fired for, with what predictions hang on them; read once.</summary>
    internal async Task<IReadOnlyList<MovedFeature>> FeaturesAsync(CancellationToken cancellation) =>
        _features ??= await MovedFeature.ReadAsync(this, cancellation);
}

/// <summary>Where and when an incident is looked at: what next steps lead to.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Onset">When it began.</param>
/// <param name="Until">When it ended, or when it was found.</param>
public sealed record CauseScene(string Model, DateTimeOffset Onset, DateTimeOffset Until)
{
    /// <summary>The stretch of time that pages are opened with: a day before, some hours after.</summary>
    public (string Key, string? Value)[] Range => [("from", Onset.AddDays(-1).ToString("O")), ("to", Until.AddHours(6).ToString("O"))];
}
