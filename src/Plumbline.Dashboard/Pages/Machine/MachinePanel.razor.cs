using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Monitoring.SystemLayer.Machine;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Machine;

/// <summary>Queries for metrics of the machine: how they go, and a form to try one and to save it.</summary>
public sealed partial class MachinePanel
{
    private const int MostSeries = 20;

    private string _metric = MachineMetrics.Cpu;
    private string _query = "";
    private string _prometheus = "";
    private AcrossSeries _across;
    private string? _opened;
    private string? _told;
    private MachineQueryTrial? _trial;
    private IReadOnlyList<FieldError> _errors = [];
    private bool _busy;
    private int _changes;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private bool Opened => Scope.Page["new"] is not null || Scope.Page["edit"] is not null;

    private MachineQuery Query =>
        new()
        {
            Query = _query.Trim(),
            Prometheus = _prometheus,
            Across = _across,
        };

    protected override async Task OnParametersSetAsync()
    {
        if (_prometheus.Length == 0 && Options.Prometheus.Count > 0)
            _prometheus = Options.Prometheus[0].Name;
        var edit = Scope.Page["edit"];
        if (edit == _opened)
            return;
        (_opened, _told, _trial, _errors) = (edit, null, null, []);
        if (edit is null)
            return;
        var stored = await Queries.ReadAsync(Scope.Model, CancellationToken.None);
        if (stored.FirstOrDefault(query => query.Metric == MachineMetrics.Prefix + edit) is not { } found)
            return;
        (_metric, _query, _across) = (found.Metric, found.Query.Query, found.Query.Across);
        _prometheus = found.Query.Prometheus ?? _prometheus;
    }

    private void Begin(ChangeEventArgs chosen)
    {
        if (MachinePreset.All.FirstOrDefault(preset => preset.Name == chosen.Value as string) is { } preset)
            (_metric, _query) = (preset.Metric, preset.Query);
    }

    private string Edit(StoredMachineQuery query) => Scope.Page.With(("edit", MachineMetrics.ShortOf(query.Metric)), ("new", null));

    private Task TryAsync() =>
        ActAsync(async () =>
        {
            _trial = await RunAsync(
                MachineCommands.Test,
                Scope.Model.Name,
                MachineMetrics.ShortOf(_metric),
                _ => Test.AskAsync(Scope.Model, _metric, Query, CancellationToken.None)
            );
        });

    private Task SaveAsync() =>
        ActAsync(async () =>
        {
            await RunAsync(
                MachineCommands.Declare,
                Scope.Model.Name,
                MachineMetrics.ShortOf(_metric),
                async actor =>
                {
                    await Queries.PutAsync(Scope.Model, _metric, Query, actor.Name, CancellationToken.None);
                    return true;
                }
            );
            (_told, _changes) = ("Saved. The windows of the last day are fetched first.", _changes + 1);
        });

    private async Task DeleteAsync()
    {
        var removed = await RunAsync(
            MachineCommands.Delete,
            Scope.Model.Name,
            MachineMetrics.ShortOf(_metric),
            _ => Queries.DeleteAsync(Scope.Model, _metric, CancellationToken.None)
        );
        (_told, _changes) = (removed ? "Removed. What it gave stays." : "There is no such query.", _changes + 1);
    }

    private async Task ActAsync(Func<Task> act)
    {
        (_told, _trial) = (null, null);
        _errors = [.. Query.Check(Options)];
        if (_busy || _errors.Count > 0)
            return;
        _busy = true;
        try
        {
            await act();
        }
        finally
        {
            _busy = false;
        }
    }

    private static HealthState StateOf(StoredMachineQuery query) =>
        query switch
        {
            { Problem: not null } => HealthState.Bad,
            { AskedAt: null } => HealthState.Watch,
            _ => HealthState.Ok,
        };
}
