using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Backtests;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Scheduling;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>Replays a rule over stored history, beside what the usual defaults would have done.</summary>
public sealed partial class BacktestPanel
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Usual = TimeSpan.FromDays(30);

    private readonly CancellationTokenSource _gone = new();
    private BacktestJob? _job;
    private string? _failure;
    private Rule? _of;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    [Parameter, EditorRequired]
    public Rule? Rule { get; set; }

    private bool Running => _job?.State.IsOpen() == true;

    private int Percent => (int)Math.Round(100 * (_job?.Progress ?? 0));

    private DateTimeOffset To => Scope.Page.Range.Unchosen ? Time.GetUtcNow() : Scope.To;

    private DateTimeOffset From => Scope.Page.Range.Unchosen ? To - Usual : Scope.From;

    private string Note =>
        Rule is null ? "" : $"{Rule.Name} over {Figures.Span(To - From)}, by the code that judges live, beside the usual defaults";

    protected override async Task OnParametersSetAsync()
    {
        if (ReferenceEquals(_of, Rule))
            return;
        var first = _of is null;
        _of = Rule;
        // The first rule is only suggested; one that was chosen is replayed at once.
        if (!first && Rule is not null)
            await StartAsync();
    }

    private async Task StartAsync()
    {
        if (Rule is null)
            return;
        Cancel();
        _failure = null;
        _job = Jobs.Start(Scope.Model, Rule, From, To);
        if (_job is null)
        {
            _failure = $"At most {BacktestJobs.MaxOpen} backtests wait or run at once; try again in a moment.";
            return;
        }

        var id = _job.Id;
        while (!_gone.IsCancellationRequested && _job?.Id == id && Running)
        {
            StateHasChanged();
            var seen = await Jobs.WaitAsync(Scope.Model.Name, id, Look, _gone.Token);
            if (_job?.Id == id)
                _job = seen;
        }
    }

    private void Cancel()
    {
        if (Running)
            Jobs.Cancel(Scope.Model.Name, _job!.Id);
    }

    public void Dispose()
    {
        // Nobody waits for it any more.
        Cancel();
        _gone.Cancel();
        _gone.Dispose();
    }
}
