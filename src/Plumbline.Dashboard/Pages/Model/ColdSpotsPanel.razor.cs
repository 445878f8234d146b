using Microsoft.AspNetCore.Components;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>Where the model is worse than elsewhere, as conditions that nobody declared: searched daily and when asked.</summary>
public sealed partial class ColdSpotsPanel
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(400);

    private readonly CancellationTokenSource _gone = new();
    private ColdSpotView? _view;
    private string? _failure;
    private string? _done;
    private int _of;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    private ColdSpotReport? Report => _view?.Result;

    private bool Running => _view is { IsOpen: true };

    private int Percent => (int)Math.Round(100 * (_view?.Progress ?? 0));

    protected override async Task OnParametersSetAsync()
    {
        if (_of == Scope.Model.Id)
            return;
        (_of, _view) = (Scope.Model.Id, null);
        await FollowAsync();
    }

    private async Task StartAsync()
    {
        var started = await RunAsync(
            ColdSpotCommands.Search,
            Scope.Model.Name,
            "",
            actor => Task.FromResult(Jobs.Start(Scope.Model, new ColdSpotRequest(Version: Scope.Version, AskedBy: actor.Name)) is not null)
        );
        _failure = started ? null : $"At most {ColdSpotJobs.MaxOpen} searches wait or run at once; try again in a moment.";
        await FollowAsync();
    }

    /// <summary>Reads until no search is open; somebody else may have started it.</summary>
    private async Task FollowAsync()
    {
        var model = Scope.Model.Id;
        try
        {
            while (!_gone.IsCancellationRequested && _of == model)
            {
                _view = await Reader.ReadAsync(Scope.Model, _gone.Token);
                StateHasChanged();
                if (!Running)
                    return;
                await Jobs.WaitAsync(Scope.Model, Look, _gone.Token);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The reader has left; the search goes on.
        }
    }

    private async Task WatchAsync(ColdSpotWatchPlan plan)
    {
        if (Report is not { } report)
            return;
        (_failure, _done) = await RunAsync(
            ColdSpotCommands.Watch,
            Scope.Model.Name,
            plan.Words,
            _ => Watch.WatchAsync(Scope.Model, plan, report, CancellationToken.None)
        )
            ? (
                null,
                $"{plan.Words}: told apart from now on, and in the windows that the search compared once they are computed again. "
                    + "Open the page anew to see it."
            )
            : (ColdSpotWatch.TooMany, (string?)null);
    }

    private static string Words(ColdSpotReport report) =>
        $"searched {Figures.Count(report.Rows)} rows and {Figures.Count(report.Features)} features of {report.From:d MMM} to "
        + $"{report.To:d MMM}";

    private string Note =>
        Report is { } known
            ? $"{Words(known)}; found on one half of the rows, confirmed on the other"
            : "slices of one to three conditions that are worse than the rest";

    private static string HowSure(ColdSpot spot, string unit) =>
        $"difference {Figures.Format(spot.Difference, unit)}, 95 % {Figures.Format(spot.Lower, unit)} .. "
        + $"{Figures.Format(spot.Upper, unit)}, "
        + $"adjusted p {Figures.Format(spot.PValue)}";

    private static string Traffic(ColdSpot spot) =>
        $"now {Figures.Format(spot.TrafficShare, "share")} of all, before {Figures.Format(spot.PreviousTrafficShare, "share")}";

    private string ExploreAddress(IEnumerable<string> filters) =>
        Scope.Page.To(Links.ExploreModel(Scope.Model.Name), ("filter", string.Join('\n', filters)));

    private string WatchWords(ColdSpotWatchPlan plan) =>
        WhyNot(ColdSpotCommands.Watch, Scope.Model.Name) ?? $"Tells {plan.Words} apart in everything that is computed";

    private static string LossName(ColdSpotReport report) =>
        report.Loss switch
        {
            ColdSpotLoss.EstimatedError => "Estimated error",
            ColdSpotLoss.Uncertainty => "Uncertainty",
            ColdSpotLoss.Overconfidence => "Overconfidence",
            ColdSpotLoss.Signal => report.Signal ?? "Signal",
            _ => "Error",
        };

    private string Unit(ColdSpotReport report) =>
        report.Loss == ColdSpotLoss.Signal || (report.Loss == ColdSpotLoss.Error && Scope.Model.Task == ModelTask.Regression)
            ? ""
            : "share";

    private static string Growth(ColdSpot spot) =>
        spot.TrafficGrowth is { } growth ? $"{(growth >= 0 ? "+" : "\u2212")}{Figures.Format(Math.Abs(growth), "share")}" : "\u2013";

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
