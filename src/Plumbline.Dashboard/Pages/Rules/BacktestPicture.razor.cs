using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Backtests;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Rules;

/// <summary>
/// Time strips: one row a way of alerting, a tick where it would have fired, known incidents as bands behind all of them.
/// </summary>
public sealed partial class BacktestPicture
{
    [Parameter, EditorRequired]
    public BacktestResult Result { get; set; } = null!;

    private IEnumerable<BacktestOutcome> Outcomes => Result.UsualDefaults.Prepend(Result.Rule);

    private string Words
    {
        get
        {
            var met = Result.Rule.Meetings;
            var told =
                met.Count == 0
                    ? ""
                    : $" Of {Figures.Count(met.Count)} known incidents it meets "
                        + $"{Figures.Count(met.Count(meeting => meeting.Verdict != BacktestVerdict.Blind))}, "
                        + $"{Figures.Count(met.Count(meeting => meeting.Verdict == BacktestVerdict.Early))} of them sooner than "
                        + "they were found.";
            return $"{Result.Rule.Name} would have fired "
                + $"{(Result.Rule.Count == 1 ? "once" : $"{Figures.Count(Result.Rule.Count)} times")} over "
                + $"{Figures.Count(Result.Rule.Streams)} {(Result.Rule.Streams == 1 ? "stream" : "streams")}, "
                + $"{Figures.Format(Result.Rule.PerWeek)} a week.{told}";
        }
    }

    private static bool Inside(BacktestOutcome outcome, BacktestFiring firing) =>
        outcome.Meetings.Any(meeting => firing.At > meeting.Onset && (meeting.EndedAt is not { } end || firing.At <= end));

    private string X(DateTimeOffset at) =>
        (1000 * Math.Clamp((at - Result.From) / (Result.To - Result.From), 0, 1)).ToString("0.##", CultureInfo.InvariantCulture);

    private string Width(DateTimeOffset from, DateTimeOffset to) =>
        Math.Max(
                2,
                1000
                    * (
                        Math.Clamp((to - Result.From) / (Result.To - Result.From), 0, 1)
                        - Math.Clamp((from - Result.From) / (Result.To - Result.From), 0, 1)
                    )
            )
            .ToString("0.##", CultureInfo.InvariantCulture);

    private string Tick(int at) =>
        (Result.From + ((Result.To - Result.From) * (at / 4.0))).UtcDateTime.ToString("d MMM", CultureInfo.InvariantCulture);

    private static string Verdict(BacktestMeeting? meeting) =>
        meeting?.Verdict switch
        {
            BacktestVerdict.Early => $"{Lead(meeting)} sooner",
            BacktestVerdict.Same => "at the same window",
            BacktestVerdict.Late => $"{Lead(meeting)} later",
            _ => "blind",
        };

    private static string? Tone(BacktestMeeting? meeting) =>
        meeting?.Verdict switch
        {
            BacktestVerdict.Early or BacktestVerdict.Same => null,
            BacktestVerdict.Late => "status watch",
            _ => "status bad",
        };

    private static string Lead(BacktestMeeting meeting) => Figures.Span(TimeSpan.FromHours(Math.Abs(meeting.LeadHours ?? 0)));
}
