using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Models;
using Plumbline.Review;
using Plumbline.Review.Estimates;
using Plumbline.Review.Policies;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>The review of a model: what is chosen for people, how far they are, and what it says of all predictions.</summary>
public sealed partial class ReviewTab
{
    private const int Days = 30;

    // The policy whose button was pressed once.
    private string? _deleting;

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    [Inject]
    private TaskQueue Tasks { get; set; } = null!;

    [Inject]
    private ReviewedPerformance Performance { get; set; } = null!;

    private string Measured => Scope.Model.Task == ModelTask.Regression ? "Mean absolute error" : "Accuracy";

    /// <inheritdoc/>
    protected override async Task<ReviewPolicy?> FindAsync(string name) =>
        await Policies.FindAsync(Scope.Model, name, CancellationToken.None) is { IsDeclared: false } stored ? stored.Policy : null;

    // From an incident or a cold spot: its predictions, under a name that says where it came from.
    protected override ReviewPolicy Begun() =>
        new()
        {
            Name = Scope.Page["name"] ?? "",
            Filter = [.. (Scope.Page["filter"] ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };

    private async Task<View> LoadAsync(CancellationToken cancellation) =>
        new(
            await Policies.ReadAsync(Scope.Model, cancellation),
            await Tasks.CountsAsync(Scope.Model, cancellation),
            await Performance.ReadAsync(Scope.Model, Days, cancellation)
        );

    private string PreviewOf(ReviewPolicy policy) =>
        Scope.Page.With(("preview", policy.Name), ("yaml", null), ("edit", null), ("new", null));

    private string YamlOf(ReviewPolicy policy) => Scope.Page.With(("yaml", policy.Name), ("preview", null), ("edit", null), ("new", null));

    private async Task DeleteAsync(ReviewPolicy policy)
    {
        if (_deleting != policy.Name)
        {
            _deleting = policy.Name;
            return;
        }

        _deleting = null;
        var done = await RunAsync(
            ReviewCommands.DeletePolicy,
            Scope.Model.Name,
            policy.Name,
            _ => Policies.DeleteAsync(Scope.Model, policy.Name, CancellationToken.None)
        );
        Changed(done ? $"{policy.Name} is deleted; its tasks stay." : null);
    }

    private void Closed(string? told)
    {
        Changed(told);
        Navigation.NavigateTo(Scope.Page.With(("edit", null), ("new", null), ("name", null), ("filter", null)));
    }

    /// <summary>What the panel shows.</summary>
    public sealed record View(
        IReadOnlyList<StoredPolicy> Policies,
        IReadOnlyDictionary<TaskState, int> Counts,
        IReadOnlyList<ReviewedEstimate> Estimates
    )
    {
        public int Of(TaskState state) => Counts.GetValueOrDefault(state);

        public ReviewedEstimate? EstimateOf(string policy) => Estimates.FirstOrDefault(estimate => estimate.Policy == policy);
    }
}
