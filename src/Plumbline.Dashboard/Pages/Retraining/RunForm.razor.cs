using Microsoft.AspNetCore.Components;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Review.Datasets;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Runs;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>Asks for a run by hand.</summary>
public sealed partial class RunForm
{
    private IReadOnlyList<FieldError> _errors = [];
    private IReadOnlyList<string> _targets = [];
    private IReadOnlyList<string> _datasets = [];
    private string _target = "";
    private string _dataset = "";
    private string _reason = "";

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    /// <summary>Said what was done; null when nothing was.</summary>
    [Parameter]
    public EventCallback<string?> OnClosed { get; set; }

    [Inject]
    private TargetCatalog Targets { get; set; } = null!;

    [Inject]
    private DatasetStore Datasets { get; set; } = null!;

    [Inject]
    private RunAsking Asking { get; set; } = null!;

    [Inject]
    private RunStore Runs { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        _targets = [.. (await Targets.ReadAsync(CancellationToken.None)).Select(target => target.Name)];
        _datasets = [.. (await Datasets.ReadAsync(Model, CancellationToken.None)).Select(dataset => dataset.Name)];
        _target = _targets.Count == 1 ? _targets[0] : "";
    }

    private async Task SaveAsync()
    {
        var wish = new RunWish(_target, _dataset.Length == 0 ? null : _dataset, _reason.Trim(), "");
        _errors = await Asking.CheckAsync(Model, wish, CancellationToken.None);
        if (_errors.Count > 0)
            return;
        var run = await RunAsync(
            RetrainingCommands.Run,
            Model.Name,
            subject: "",
            actor =>
                Runs.AddAsync(
                    Model,
                    wish with
                    {
                        By = actor.Name,
                        Reason = wish.Reason.Length > 0 ? wish.Reason : $"asked for by {actor.Name}",
                    },
                    CancellationToken.None
                ),
            static asked => asked is not null
        );
        if (run is null)
            _errors = [new("target", $"{RunStore.MaxOpen} runs of this model have not ended; cancel some first.")];
        else
            await OnClosed.InvokeAsync("The run is asked for.");
    }
}
