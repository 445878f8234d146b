using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Rules;
using Plumbline.Alerting.Rules.Kinds;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>A new rule, or a change of one: typed, checked, tried, saved.</summary>
public sealed partial class RuleForm
{
    private static readonly string[] Absent =
    [
        "name",
        "metric",
        "features",
        "class",
        "segment",
        "version",
        "window",
        "direction",
        "value",
        "relative",
        "against",
        "than_version",
        "effect_floor",
        "for_windows",
        "of_windows",
        "minimum_n",
        "severity",
        "dry_run",
    ];

    private RuleDraft _draft = new();
    private Rule? _opened;
    private bool _busy;
    private bool _deleting;
    private IReadOnlyList<FieldError> _errors = [];

    [Parameter, EditorRequired]
    public ModelDefinition Model { get; set; } = null!;

    /// <summary>The rule that is changed; null for a new one.</summary>
    [Parameter]
    public Rule? Present { get; set; }

    /// <summary>Done, with what to say about it; null when nothing was changed.</summary>
    [Parameter]
    public EventCallback<string?> OnClosed { get; set; }

    /// <summary>The rule as typed is to be replayed.</summary>
    [Parameter]
    public EventCallback<Rule> OnTry { get; set; }

    /// <summary>Errors of fields that the form does not show for this kind.</summary>
    private List<FieldError> Stray => [.. _errors.Where(error => !Absent.Contains(error.Field, StringComparer.Ordinal))];

    private string Hint =>
        KnownMetrics.Of(_draft.Metric).Floor is { IsRelative: false } floor
            ? floor.Size.ToString(CultureInfo.InvariantCulture)
            : "as usual";

    private string Title =>
        Present is null ? "A new rule"
        : Present.Source == RuleSource.Default ? $"{Present.Name}, in place of the default"
        : Present.Name;

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_opened, Present))
            return;
        _opened = Present;
        if (Present is not null)
            Start(RuleDraft.Of(Present));
    }

    private void Start(RuleDraft draft) => (_draft, _errors, _deleting) = (draft, [], false);

    private Rule? Read()
    {
        var (rule, unread) = _draft.Read();
        // What could not be read is said once: as unread, not as missing too.
        _errors = [.. unread, .. RuleCheck.Check(rule, Model).Where(error => !unread.Any(other => other.Field == error.Field))];
        return _errors.Count == 0 ? rule : null;
    }

    private async Task TryAsync()
    {
        if (string.IsNullOrWhiteSpace(_draft.Name))
            _draft.Name = "this-rule";
        if (Read() is { } rule)
            await OnTry.InvokeAsync(rule);
    }

    private async Task SaveAsync()
    {
        if (_busy || Read() is not { } rule)
            return;
        _busy = true;
        try
        {
            if (Present is null && (await Book.ReadAsync(Model, CancellationToken.None)).Any(other => other.Name == rule.Name))
            {
                _errors = [new FieldError("name", "There is a rule of this name; change that one instead.")];
                return;
            }

            if (
                !await RunAsync(
                    RuleCommands.Declare,
                    Model.Name,
                    rule.Name,
                    actor => Book.PutAsync(Model, rule, RuleSource.Api, actor.Name, CancellationToken.None)
                )
            )
            {
                _errors = [new FieldError("name", $"A model has at most {RuleStore.MaxRules} rules of its own; delete one first.")];
                return;
            }
        }
        finally
        {
            _busy = false;
        }
        await OnClosed.InvokeAsync($"{rule.Name} is saved. It judges the windows to come; what it would have done before is below.");
    }

    private async Task DeleteAsync()
    {
        if (!_deleting)
        {
            _deleting = true;
            return;
        }
        if (Present is null)
            return;
        await RunAsync(RuleCommands.Delete, Model.Name, Present.Name, _ => Book.DeleteAsync(Model, Present.Name, CancellationToken.None));
        await OnClosed.InvokeAsync($"{Present.Name} is deleted.");
    }
}
