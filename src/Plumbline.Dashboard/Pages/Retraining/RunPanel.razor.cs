using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Web;
using Plumbline.Review.Retraining;
using Plumbline.Review.Retraining.Runs;

namespace Plumbline.Dashboard.Pages.Retraining;

/// <summary>One run with all that is known of it.</summary>
public sealed partial class RunPanel
{
    private int _changes;
    private bool _isMissing;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    /// <summary>Its key.</summary>
    [Parameter, EditorRequired]
    public string Run { get; set; } = "";

    /// <summary>Said what was done.</summary>
    [Parameter]
    public EventCallback<string?> OnChanged { get; set; }

    [Inject]
    private RunStore Runs { get; set; } = null!;

    [Inject]
    private RunAsking Asking { get; set; } = null!;

    private async Task<Shown> LoadAsync(CancellationToken cancellation)
    {
        var run = await Runs.FindAsync(Run, cancellation);
        if (_isMissing != (run?.ModelId != Scope.Model.Id))
        {
            _isMissing = !_isMissing;
            await InvokeAsync(StateHasChanged);
        }

        if (run is null || _isMissing)
            return new(null, []);
        using var metrics = run.Metrics is null ? null : JsonDocument.Parse(run.Metrics);
        return new(run, [.. metrics?.RootElement.EnumerateObject().Select(metric => (metric.Name, metric.Value.ToString())) ?? []]);
    }

    private async Task ApproveAsync(RetrainingRunRow run)
    {
        var done = await RunAsync(
            RetrainingCommands.Approve,
            Scope.Model.Name,
            run.Key,
            actor => Asking.ApproveAsync(run, actor.Name, CancellationToken.None)
        );
        await ToldAsync(done ? "The run goes to its target." : "The run does not wait any more.");
    }

    private async Task CancelAsync(RetrainingRunRow run)
    {
        var done = await RunAsync(
            RetrainingCommands.Cancel,
            Scope.Model.Name,
            run.Key,
            actor => Asking.CancelAsync(run, actor.Name, CancellationToken.None)
        );
        await ToldAsync(done ? "The run is cancelled here; what its target does is not stopped." : "The run had ended already.");
    }

    private Task ToldAsync(string? words)
    {
        _changes++;
        return OnChanged.InvokeAsync(words);
    }

    private string? DatasetLink(RetrainingRunRow run) =>
        run.DatasetVersion is { } version ? Links.Dataset(Scope.Model.Name, run.Dataset!, version) : null;

    private static DateTimeOffset? Time(long? ms) => ms is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;

    /// <summary>What the panel shows.</summary>
    public sealed record Shown(RetrainingRunRow? Run, IReadOnlyList<(string Name, string Value)> Metrics);
}
