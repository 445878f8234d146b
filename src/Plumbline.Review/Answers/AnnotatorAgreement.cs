using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;
using Plumbline.Statistics;
using Plumbline.Statistics.Agreement;

namespace Plumbline.Review.Answers;

/// <summary>How well two annotators agree.</summary>
/// <param name="First">One of them, the first by name.</param>
/// <param name="Second">The other one.</param>
/// <param name="Tasks">Tasks that both gave a value.</param>
/// <param name="Same">Of those, how many got the same.</param>
/// <param name="Kappa">Cohen's kappa; null for numbers, of which few are ever the same.</param>
public sealed record PairAgreement(string First, string Second, int Tasks, int Same, Estimate? Kappa);

/// <summary>How well annotators agree who answered the same tasks.</summary>
/// <param name="Tasks">Tasks that two or more gave a value.</param>
/// <param name="Percent">How often they say the same; null for numbers.</param>
/// <param name="Alpha">Krippendorff's alpha: of classes nominal, of numbers by their squared differences.</param>
/// <param name="Fleiss">Fleiss' kappa over tasks with as many values as most have; null for numbers.</param>
/// <param name="Pairs">Each two who share tasks, those with most in common first, at most <see cref="MostPairs"/>.</param>
public sealed record AgreementReport(int Tasks, Estimate? Percent, Estimate Alpha, Estimate? Fleiss, IReadOnlyList<PairAgreement> Pairs)
{
    /// <summary>Pairs that are told.</summary>
    public const int MostPairs = 50;
}

/// <summary>Agreement of annotators beyond chance, from tasks that several answered.</summary>
public sealed class AnnotatorAgreement(IDbContextFactory<StateDbContext> state, TimeProvider time)
{
    /// <summary>Answers that are looked at, the newest.</summary>
    public const int MostAnswers = 50_000;

    // More of them have an interval that is narrow anyway, and would take seconds.
    private const int MostResampled = 5_000;
    private const ulong Seed = 12;

    /// <summary>The agreement of a model's annotators in the last days; null when no task has values of two.</summary>
    public async Task<AgreementReport?> OfAsync(ModelDefinition model, int days, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var since = (time.GetUtcNow() - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db.ValuesGiven(model.Id, since)
            .Join(
                db.ReviewTasks.Where(task => task.Wanted > 1),
                answer => answer.TaskId,
                task => task.Id,
                (answer, task) =>
                    new
                    {
                        answer.TaskId,
                        answer.Annotator,
                        answer.Value,
                        answer.AtMs,
                    }
            )
            .OrderByDescending(row => row.AtMs)
            .Take(MostAnswers)
            .ToListAsync(cancellation);
        var tasks = rows.GroupBy(row => row.TaskId)
            .OrderBy(group => group.Key)
            .Select(group =>
                group.OrderBy(row => row.Annotator, StringComparer.Ordinal).Select(row => new Vote(row.Annotator, row.Value)).ToList()
            )
            .Where(votes => votes.Count > 1)
            .ToList();
        if (tasks.Count == 0)
            return null;
        return model.Task == ModelTask.Regression ? OfNumbers(tasks) : OfClasses(tasks);
    }

    private static AgreementReport OfNumbers(List<List<Vote>> tasks)
    {
        List<IReadOnlyList<double>> items =
        [
            .. tasks.Select(votes =>
                (IReadOnlyList<double>)[.. votes.Select(vote => double.Parse(vote.Value, CultureInfo.InvariantCulture))]
            ),
        ];
        return new(tasks.Count, null, KrippendorffAlpha.Interval(items, Random(items.Count)), null, Pairs(tasks, null));
    }

    private static AgreementReport OfClasses(List<List<Vote>> tasks)
    {
        var codes = tasks
            .SelectMany(votes => votes)
            .Select(vote => vote.Value)
            .Distinct()
            .Index()
            .ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        List<IReadOnlyList<int>> items = [.. tasks.Select(votes => (IReadOnlyList<int>)[.. votes.Select(vote => codes[vote.Value])])];
        return new(
            tasks.Count,
            PercentAgreement.Of(items),
            KrippendorffAlpha.Nominal(items, Random(items.Count)),
            FleissKappa.Of(Counts(items, codes.Count)),
            Pairs(tasks, codes)
        );
    }

    private static RandomSource? Random(int items) => items <= MostResampled ? new RandomSource(Seed) : null;

    // Fleiss wants equally many values of each: those tasks that have as many as most of them.
    private static int[,] Counts(List<IReadOnlyList<int>> items, int categories)
    {
        var usual = items.CountBy(item => item.Count).OrderByDescending(pair => pair.Value).ThenByDescending(pair => pair.Key).First().Key;
        var chosen = items.Where(item => item.Count == usual).ToList();
        var counts = new int[chosen.Count, categories];
        for (var i = 0; i < chosen.Count; i++)
        {
            foreach (var code in chosen[i])
                counts[i, code]++;
        }

        return counts;
    }

    private static List<PairAgreement> Pairs(List<List<Vote>> tasks, Dictionary<string, int>? codes)
    {
        var shared = new Dictionary<(string First, string Second), List<(string First, string Second)>>();
        foreach (var votes in tasks)
        {
            for (var i = 0; i < votes.Count; i++)
            {
                for (var j = i + 1; j < votes.Count; j++)
                {
                    var pair = (votes[i].Annotator, votes[j].Annotator);
                    (shared.TryGetValue(pair, out var known) ? known : shared[pair] = []).Add((votes[i].Value, votes[j].Value));
                }
            }
        }

        return
        [
            .. shared
                .OrderByDescending(pair => pair.Value.Count)
                .ThenBy(pair => pair.Key.First, StringComparer.Ordinal)
                .ThenBy(pair => pair.Key.Second, StringComparer.Ordinal)
                .Take(AgreementReport.MostPairs)
                .Select(pair => new PairAgreement(
                    pair.Key.First,
                    pair.Key.Second,
                    pair.Value.Count,
                    pair.Value.Count(both => both.First == both.Second),
                    codes is null
                        ? null
                        : CohenKappa.Of(
                            [.. pair.Value.Select(both => codes[both.First])],
                            [.. pair.Value.Select(both => codes[both.Second])]
                        )
                )),
        ];
    }

    private sealed record Vote(string Annotator, string Value);
}
