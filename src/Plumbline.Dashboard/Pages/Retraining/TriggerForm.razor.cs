using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Datasets;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Targets;
using Plumbline.Review.Retraining.Triggers;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>Makes or changes a trigger.</summary>
public sealed partial class TriggerForm
{
    private TriggerDraft _draft = null!;
    private IReadOnlyList<FieldError> _errors = [];
    private IReadOnlyList<string> _targets = [];
    private IReadOnlyList<string> _datasets = [];

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    [Parameter, EditorRequired]
    public RetrainingTrigger Present { get; set; } = null!;

    [Parameter]
    public bool IsNew { get; set; }

    /// <summary>Said what was done; null when nothing was.</summary>
    [Parameter]
    public EventCallback<string?> OnClosed { get; set; }

    [Inject]
    private TriggerStore Triggers { get; set; } = null!;

    [Inject]
    private TriggerCheck Check { get; set; } = null!;

    [Inject]
    private TargetCatalog Targets { get; set; } = null!;

    [Inject]
    private DatasetStore Datasets { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        _draft = new TriggerDraft(Present);
        await base.OnInitializedAsync();
        _targets = [.. (await Targets.ReadAsync(CancellationToken.None)).Select(target => target.Name)];
        _datasets = [.. (await Datasets.ReadAsync(Model, CancellationToken.None)).Select(dataset => dataset.Name)];
    }

    private async Task SaveAsync()
    {
        var (trigger, errors) = _draft.Read();
        _errors = [.. errors, .. trigger is null ? [] : await Check.CheckAsync(Model, trigger, CancellationToken.None)];
        if (_errors.Count > 0 || trigger is null)
            return;
        var saved = await RunAsync(
            RetrainingCommands.DeclareTrigger,
            Model.Name,
            trigger.Name,
            actor => Triggers.PutAsync(Model, trigger, actor.Name, CancellationToken.None)
        );
        if (saved)
            await OnClosed.InvokeAsync($"{trigger.Name} is saved.");
        else
            _errors = [new("name", $"A model has at most {TriggerStore.MaxTriggers} triggers.")];
    }
}
