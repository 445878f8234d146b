using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Delivery;
using Plumbline.Dashboard.Frame;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Settings;

/// <summary>When and about what nobody is told.</summary>
public sealed partial class SilencesTab
{
    private (string?, string?) _given;
    private int _changes;
    private string _matchers = "";
    private string _comment = "";
    private string _for = "";
    private string _weekdays = "";
    private string _from = "";
    private string _to = "";
    private string _zone = "";
    private IReadOnlyList<FieldError> _errors = [];

    [CascadingParameter]
    public PageScope Scope { get; set; } = null!;

    // An incident's page leads here with what it is about. The address may become known only after the first rendering.
    protected override void OnParametersSet()
    {
        var given = (Scope["matchers"], Scope["comment"]);
        if (given == _given)
            return;
        _given = given;
        (_matchers, _comment) = (given.Item1 ?? _matchers, given.Item2 ?? _comment);
    }

    private async Task AddAsync()
    {
        var matchers = _matchers
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(LabelMatcher.Parse)
            .ToList();
        if (matchers.Contains(null))
        {
            _errors = [new("matchers", "write them like model=churn, feature=~income.*, severity!=critical.")];
            return;
        }

        var recurs = _weekdays.Trim().Length + _from.Trim().Length + _to.Trim().Length > 0;
        var specification = new SilenceSpecification
        {
            Matchers = [.. matchers.OfType<LabelMatcher>()],
            Comment = _comment.Trim(),
            For = _for.Trim() is { Length: > 0 } length ? length : null,
            Recurrence = !recurs
                ? null
                : new Recurrence
                {
                    Weekdays = _weekdays.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                    From = _from.Trim(),
                    To = _to.Trim(),
                    TimeZone = _zone.Trim() is { Length: > 0 } zone ? zone : "UTC",
                },
        };
        _errors = specification.Check(Time.GetUtcNow());
        if (_errors.Count > 0)
            return;
        if (
            await RunAsync(
                SilenceCommands.Add,
                model: null,
                string.Join(", ", matchers),
                actor => Silences.AddAsync(specification, actor.Name, CancellationToken.None),
                added => added is not null
            )
            is null
        )
        {
            _errors = [new("silences", $"there are {Plumbline.Alerting.Delivery.Silences.MaxSilences} already; end some.")];
            return;
        }

        (_matchers, _comment, _for, _weekdays, _from, _to, _zone) = ("", "", "", "", "", "", "");
        _changes++;
    }

    private async Task EndAsync(long id)
    {
        await RunAsync(SilenceCommands.End, model: null, $"{id}", _ => Silences.ExpireAsync(id, CancellationToken.None));
        _changes++;
    }
}
