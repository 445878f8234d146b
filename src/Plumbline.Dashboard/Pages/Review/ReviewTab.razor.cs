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

    private ReviewPolicy? _editing;
    private bool _isNew;
    private string? _opened;
    private string? _told;
    private int _changes;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Inject]
    private PolicyStore Policies { get; set; } = null!;

    [Inject]
    private TaskQueue Tasks { get; set; } = null!;

    [Inject]
    private ReviewedPerformance Performance { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string Measured => Scope.Model.Task == ModelTask.Regression ? "Mean absolute error" : "Accuracy";

    protected override async Task OnParametersSetAsync()
    {
        var opened = Scope.Page["new"] is not null ? "" : Scope.Page["edit"];
        if (opened == _opened)
            return;
        _opened = opened;
        _isNew = opened is { Length: 0 };
        _editing = opened switch
        {
            null => null,
            "" => Begun(),
            _ => (await Policies.FindAsync(Scope.Model, opened, CancellationToken.None))?.Policy,
        };
    }

    // From an incident or a cold spot: its predictions, under a name that says where it came from.
    private ReviewPolicy Begun() =>
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

    private string PreviewOf(ReviewPolicy policy) => Scope.Page.With(("preview", policy.Name), ("edit", null), ("new", null));

    private async Task DeleteAsync(ReviewPolicy policy)
    {
        var done = await RunAsync(
            ReviewCommands.DeletePolicy,
            Scope.Model.Name,
            policy.Name,
            _ => Policies.DeleteAsync(Scope.Model, policy.Name, CancellationToken.None)
        );
        (_told, _changes) = (done ? $"{policy.Name} is deleted; its tasks stay." : null, _changes + 1);
    }

    private void Closed(string? told)
    {
        (_told, _changes) = (told, _changes + 1);
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
