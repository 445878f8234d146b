using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry;
using Plumbline.Registry.Storage;
using Plumbline.Registry.Text;
using Plumbline.Registry.Windows;
using Plumbline.Store;

namespace Plumbline.Dashboard.Pages;

/// <summary>How the server itself is: its work, its store, what it was refused.</summary>
public sealed partial class SelfPage
{
    [Inject]
    public InstanceOptions Options { get; set; } = null!;

    protected override void OnInitialized() => Frame.Show([("System health", null)], demo: Demo.IsDemo);

    private async Task<IReadOnlyList<Lag>> ReadLagsAsync(CancellationToken cancellation)
    {
        var lags = new List<Lag>();
        foreach (var id in await Ledger.ModelsWithWorkAsync(cancellation))
        {
            if (
                Models.Find(id) is { } model
                && await Ledger.BacklogAsync(model, cancellation) is { } backlog
                && backlog.Count + backlog.SetAside > 0
            )
            {
                lags.Add(new Lag(model.Name, backlog));
            }
        }
        return [.. lags.OrderByDescending(lag => lag.Backlog.Count)];
    }

    private async Task<WindowView> ReadWindowsAsync(CancellationToken cancellation)
    {
        var lags = await ReadLagsAsync(cancellation);
        return new WindowView(
            Pass.Snapshot,
            lags.Sum(lag => (long)lag.Backlog.Count),
            lags.Count,
            lags.Min(lag => lag.Backlog.Oldest),
            lags.Sum(lag => (long)lag.Backlog.SetAside),
            await Missing.ReadAsync(model: null, cancellation),
            [.. Models.All.Where(model => !model.VersionsApart.IsEmpty).Select(model => model.Name)]
        );
    }

    private async Task<EngineView> ReadEngineAsync(CancellationToken cancellation)
    {
        var drive = new DriveInfo(Path.GetFullPath(Options.DataDirectory));
        return new EngineView(
            await Store.ReadUsageAsync(cancellation),
            Store.Timings,
            Environment.WorkingSet,
            drive.AvailableFreeSpace,
            Storage.Snapshot,
            Integrity.Found
        );
    }

    private static string Named(IReadOnlyList<string> models) =>
        string.Join(", ", models.Take(5)) + (models.Count > 5 ? $" and {Figures.Count(models.Count - 5)} more" : "");

    private sealed record WindowView(
        WindowPassSnapshot Pass,
        long Waiting,
        int Models,
        DateTimeOffset? Oldest,
        long SetAside,
        IReadOnlyList<NotComputed> NotComputed,
        IReadOnlyList<string> ManyVersions
    );

    private sealed record EngineView(
        EngineUsage Usage,
        StatementTimingsSnapshot Timings,
        long ProcessBytes,
        long FreeBytes,
        StorageSnapshot Storage,
        IReadOnlyList<string> Found
    );

    private sealed record Lag(string Model, WindowBacklog Backlog);
}
