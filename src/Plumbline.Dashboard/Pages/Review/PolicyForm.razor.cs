using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review;
using Plumbline.Review.Policies;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>Makes or changes a policy.</summary>
public sealed partial class PolicyForm
{
    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "name",
        "per_day",
        "uniform_share",
        "cold_spot_share",
        "sharpness",
        "quota_by",
        "quota_share",
        "max_age",
        "annotators",
        "gold_share",
        "filter",
        "guidelines",
    };

    private PolicyDraft _draft = null!;
    private IReadOnlyList<FieldError> _errors = [];

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public ReviewPolicy Present { get; set; } = null!;

    [Parameter]
    public bool IsNew { get; set; }

    /// <summary>Said what was done; null when nothing was.</summary>
    [Parameter]
    public EventCallback<string?> OnClosed { get; set; }

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    protected override void OnParametersSet() => _draft ??= new PolicyDraft(Present);

    private static bool Shown(string field) => Fields.Contains(field) || ScoreKind.All.Any(kind => field == $"weights.{kind.Name}");

    private async Task SaveAsync()
    {
        var (policy, errors) = _draft.Read();
        _errors = [.. errors, .. policy is null ? [] : PolicyCheck.Check(policy, Model)];
        if (policy is not null && Policies.IsDeclared(Model, policy.Name))
            _errors = [new("name", "The configuration file declares a policy of this name; change it there and start again.")];
        if (_errors.Count > 0 || policy is null)
            return;
        var saved = await RunAsync(
            ReviewCommands.DeclarePolicy,
            Model.Name,
            policy.Name,
            actor => Policies.PutAsync(Model, policy, actor.Name, CancellationToken.None)
        );
        if (saved)
            await OnClosed.InvokeAsync($"{policy.Name} is saved; what it chooses is in the queue within a minute.");
        else
            _errors = [new("name", $"A model has at most {PolicyStore.MaxPolicies} policies.")];
    }
}
