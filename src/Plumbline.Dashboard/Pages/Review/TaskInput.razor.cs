using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Explore;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>The input of a task as a person reads it: texts as texts, the rest as a table, what is odd marked.</summary>
public sealed partial class TaskInput
{
    /// <summary>Features that are shown; a wider model's odd ones come first.</summary>
    private const int Shown = 60;

    private IReadOnlyList<ScoreReason> _reasons = [];

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public ReviewTaskRow Task { get; set; } = null!;

    [Parameter]
    public PredictionRow? Row { get; set; }

    /// <summary>Whether the annotator may see what the model answered.</summary>
    [Parameter]
    public bool ShowsAnswer { get; set; }

    private IEnumerable<FeatureDefinition> Texts => Model.Features.Where(feature => feature.Type == FeatureType.Text);

    private IEnumerable<FeatureDefinition> Others =>
        Model.Features.Where(feature => feature.Type != FeatureType.Text).OrderBy(feature => OddityOf(feature) is null).Take(Shown);

    // What says how sure the model was would give its answer away.
    private IReadOnlyList<ScoreReason> Reasons =>
        [.. _reasons.Where(reason => ShowsAnswer || reason.Score != ScoreKind.ExpectedError.Name)];

    protected override void OnParametersSet() => _reasons = TaskEvidence.Read(Task.Evidence).Reasons;

    private string? OddityOf(FeatureDefinition feature) =>
        Row?.TypeErrors.ContainsKey(feature.Name) == true ? "of the wrong type"
        : _reasons.FirstOrDefault(reason => reason.Feature == feature.Name) is { } reason
            ? reason.Words[Math.Min(reason.Words.Length, feature.Name.Length)..].TrimStart()
        : null;
}
