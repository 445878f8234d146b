using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Evaluation;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Monitoring.Drift.Calibrated;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>The rules of a model, how they fare, and what they would have done.</summary>
public sealed partial class RulesTab
{
    private bool _editing;
    private int _changes;
    private string? _told;
    private string _budget = "";
    private Rule? _present;
    private Rule? _tried;
    private string? _opened;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        var opened = Scope.Page["new"] is not null ? "" : Scope.Page["edit"];
        if (opened == _opened)
            return;
        _opened = opened;
        _present = opened is { Length: > 0 }
            ? (await Book.ReadAsync(Scope.Model, CancellationToken.None)).FirstOrDefault(rule =>
                rule.Name == opened && rule.Source != RuleSource.File
            )
            : null;
        _editing = opened is not null && (opened.Length == 0 || _present is not null);
    }

    private async Task<View> LoadAsync(CancellationToken cancellation)
    {
        var view = new View(await Book.ReadAsync(Scope.Model, cancellation), await Report.ReadAsync(Scope.Model, cancellation));
        _budget = RuleWords.Budget(view.Standing);
        _tried ??=
            view.Rules.FirstOrDefault(rule => rule.Name == Scope.Page["rule"])
            ?? view.Rules.FirstOrDefault(rule => rule.Metric == CalibratedDriftMetrics.Calibrated)
            ?? (view.Rules.Count > 0 ? view.Rules[0] : null);
        StateHasChanged();
        return view;
    }

    private void ClosedAsync(string? told)
    {
        (_told, _changes) = (told, _changes + (told is null ? 0 : 1));
        Navigation.NavigateTo(Scope.Page.With(("edit", null), ("new", null)));
    }

    private async Task SwitchAsync(Rule rule)
    {
        await RunAsync(
            rule.Enabled ? RuleCommands.Disable : RuleCommands.Enable,
            Scope.Model.Name,
            rule.Name,
            actor => Book.SwitchAsync(Scope.Model, rule.Name, !rule.Enabled, actor.Name, CancellationToken.None)
        );
        (_told, _changes) = ($"{rule.Name} is {(rule.Enabled ? "off" : "on")}.", _changes + 1);
    }

    /// <summary>Why a rule cannot be switched here; null where it can.</summary>
    private string? WhyFixed(Rule rule) =>
        rule.Source == RuleSource.File ? "Declared in the configuration file" : WhyNot(RuleCommands.Enable, Scope.Model.Name);

    private const string HowItLearns =
        "What is normal is learned after two days and again after 4, 7 and 14; of windows of a day with each of them, for four weeks.";

    private static string? Learning(RuleStanding standing) =>
        standing.Learning is { Streams: > 0 } learning
            ? string.Create(CultureInfo.InvariantCulture, $"learning, {Math.Floor(learning.LeastDays):0} of {learning.OfDays:0} days")
            : null;

    private static string Reasons(RuleStanding standing, int most) =>
        string.Join("; ", standing.Reasons.Take(most).Select(pair => most == 1 ? pair.Key : $"{Figures.Count(pair.Value)} {pair.Key}"));

    private sealed record View(IReadOnlyList<Rule> Rules, ModelStanding Standing);
}
