using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Plumbline.Events;
using Plumbline.Events.Building;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Intake;
using Plumbline.Registry.Access;
using Plumbline.Registry.Models;
using Plumbline.Registry.Spooling;
using Plumbline.Registry.State;
using Plumbline.Review.Answers;
using Plumbline.Review.Tasks;
using Plumbline.Store;

namespace Plumbline.Review.Exchange;

/// <summary>What became of a file of answers.</summary>
/// <param name="Taken">Answers that count now, each of a task.</param>
/// <param name="GroundTruth">Predictions without a task that got ground truth.</param>
/// <param name="Late">Answers to tasks that others had decided; kept beside the others.</param>
/// <param name="Repeated">Answers that were known already.</param>
/// <param name="Skipped">Entries without an answer, and answers that were taken back or not sent.</param>
/// <param name="Errors">What could not be taken; everything else was.</param>
public sealed record ImportResult(int Taken, int GroundTruth, int Late, int Repeated, int Skipped, IReadOnlyList<ImportError> Errors);

/// <summary>
/// Brings answers of a file in: of a task it is the answer of its annotator, whose name begins with <c>import:</c>; of another prediction
/// it is ground truth from reviews. The same file twice changes nothing.
/// </summary>
public sealed class AnswerImport(
    AnswerRecording recording,
    EventIntake intake,
    EventLimits limits,
    IColumnStore store,
    ModelTables tables,
    IDbContextFactory<StateDbContext> state,
    TimeProvider time
)
{
    /// <summary>What the names of annotators of files begin with.</summary>
    public const string Prefix = "import:";

    private const int AtOnce = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal async Task<ImportResult> ImportAsync(ModelDefinition model, ImportedFile file, CancellationToken cancellation)
    {
        await tables.EnsureAsync(model.Id, [], cancellation);
        List<ImportError> errors = [.. file.Errors];
        var answers = file.Answers.Where(answer => IsUsable(answer, model, errors)).Select(answer => Spelled(answer, model)).ToList();
        var counts = new Counts();
        foreach (var part in answers.GroupBy(answer => answer.PredictionId, StringComparer.Ordinal).Chunk(AtOnce))
        {
            var known = await KnownAsync(model, [.. part.Select(group => group.Key)], cancellation);
            var truths = new List<ImportedAnswer>();
            foreach (var group in part)
            {
                if (!known.TryGetValue(group.Key, out var prediction))
                    errors.AddRange(group.Select(answer => Error(answer, "prediction_id", "No prediction of this id is stored.")));
                else if (prediction.Task is { } task)
                    await AnswerAsync(model, task, [.. group], prediction.Truth, (counts, errors), cancellation);
                else if (Resolve([.. group], errors) is not { } one)
                    continue;
                else if (one.Value != prediction.Truth)
                    truths.Add(one);
                else
                    counts.Repeated += group.Count();
            }

            await DeliverAsync(model, truths, cancellation);
            counts.Truths += truths.Count;
        }

        return new ImportResult(
            counts.Taken,
            counts.Truths,
            counts.Late,
            counts.Repeated,
            file.Skipped,
            [.. errors.OrderBy(error => error.Index)]
        );
    }

    private async Task AnswerAsync(
        ModelDefinition model,
        ReviewTaskRow task,
        ImportedAnswer[] answers,
        string? truth,
        (Counts Counts, List<ImportError> Errors) to,
        CancellationToken cancellation
    )
    {
        foreach (var answer in answers)
        {
            // What was exported from here and came back as it was is nobody's answer.
            if (answer.Annotator.Length == 0 && (answer.Value == task.Resolved || answer.Value == truth))
            {
                to.Counts.Repeated++;
                continue;
            }

            var actor = new Actor(Prefix + answer.Annotator, ApiRole.Review, [], Address: null);
            var said = new ReviewAnswer { Value = answer.Value, Sure = answer.Sure };
            var result = await recording.AnswerAsync(actor, model, task.Id, said, cancellation);
            if (result.Outcome == AnswerOutcome.Answered)
            {
                // They changed their mind since the last file.
                await recording.WithdrawAsync(actor, task.Id, cancellation);
                result = await recording.AnswerAsync(actor, model, task.Id, said, cancellation);
            }

            switch (result.Outcome)
            {
                case AnswerOutcome.Taken:
                    to.Counts.Taken++;
                    break;
                case AnswerOutcome.Late:
                    to.Counts.Late++;
                    break;
                case AnswerOutcome.Repeated:
                    to.Counts.Repeated++;
                    break;
                default:
                    to.Errors.Add(Error(answer, "prediction_id", result.Detail));
                    break;
            }
        }
    }

    // Of several annotators the marked one counts, else what most of them say.
    private static ImportedAnswer? Resolve(ImportedAnswer[] answers, List<ImportError> errors)
    {
        if (Array.FindLast(answers, answer => answer.IsPreferred) is { } preferred)
            return preferred;
        var ranked = answers.GroupBy(answer => answer.Value, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ToList();
        if (ranked.Count == 1 || ranked[0].Count() > ranked[1].Count())
            return ranked[0].MaxBy(answer => answer.At ?? DateTimeOffset.MinValue);
        errors.Add(Error(answers[^1], "label", "Annotators disagree, and no task asks for a decision between them: mark one, or draw it."));
        return null;
    }

    private static bool IsUsable(ImportedAnswer answer, ModelDefinition model, List<ImportError> errors)
    {
        var wrong = AnswerRecording.Check(new ReviewAnswer { Value = answer.Value, Sure = answer.Sure }, model);
        errors.AddRange(wrong.Select(error => Error(answer, error.Field == "value" ? "label" : error.Field, error.Reason)));
        return wrong.Count == 0;
    }

    private static ImportedAnswer Spelled(ImportedAnswer answer, ModelDefinition model) =>
        answer with
        {
            Value =
                model.Task == ModelTask.Regression
                    ? Number(double.Parse(answer.Value, CultureInfo.InvariantCulture))
                    : model.ClassOf(answer.Value),
        };

    private async Task<Dictionary<string, KnownPrediction>> KnownAsync(ModelDefinition model, string[] ids, CancellationToken cancellation)
    {
        var known = new Dictionary<string, KnownPrediction>(StringComparer.Ordinal);
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    $$"""
                    WITH (SELECT groupArray(reinterpretAsUInt64(substring(SHA256(arrayJoin({ids:Array(String)})), 1, 8)))) AS hashes
                    SELECT p.prediction_id, t.value, t.value_number, t.found
                    FROM (SELECT DISTINCT prediction_id FROM {{ModelTables.Predictions(model.Id)}}
                        WHERE has(hashes, id_hash) AND has({ids:Array(String)}, prediction_id) AND role = 'primary') AS p
                    LEFT JOIN (SELECT prediction_id, argMax(value, (timestamp, block, arrival)) AS value,
                            argMax(value_number, (timestamp, block, arrival)) AS value_number, true AS found
                        FROM {{ModelTables.GroundTruth(model.Id)}}
                        WHERE has(hashes, id_hash) AND has({ids:Array(String)}, prediction_id) GROUP BY prediction_id) AS t
                        ON p.prediction_id = t.prediction_id
                    """,
                    new SqlParameter("ids", ids)
                ),
                cancellation
            )
        )
        {
            while (rows.Read())
            {
                var (id, value, number, found) = (rows.ReadString(), rows.ReadString(), rows.ReadDouble(), rows.ReadBoolean());
                known[id] = new KnownPrediction(
                    !found ? null
                        : model.Task == ModelTask.Regression ? Number(number)
                        : value,
                    Task: null
                );
            }
        }

        await using var db = await state.CreateDbContextAsync(cancellation);
        var tasks = await db
            .ReviewTasks.AsNoTracking()
            .Where(task => task.ModelId == model.Id && ids.Contains(task.PredictionId))
            .ToListAsync(cancellation);
        foreach (var task in tasks.Where(task => known.ContainsKey(task.PredictionId)))
            known[task.PredictionId] = known[task.PredictionId] with { Task = task };
        return known;
    }

    private async Task DeliverAsync(ModelDefinition model, List<ImportedAnswer> truths, CancellationToken cancellation)
    {
        if (truths.Count == 0)
            return;
        var now = time.GetUtcNow();
        using var builder = new EventBatchBuilder(EventKind.GroundTruth, limits);
        builder.Begin(DecodeContexts.Of(model, now));
        foreach (var answer in truths)
        {
            var isNumber = model.Task == ModelTask.Regression;
            builder.Add(
                new GroundTruthEvent
                {
                    PredictionId = answer.PredictionId,
                    Timestamp = answer.At is { } at && at < now ? at : now,
                    Class = isNumber ? null : answer.Value,
                    Number = isNumber ? double.Parse(answer.Value, CultureInfo.InvariantCulture) : null,
                    Source = ReviewSource.Name,
                }
            );
        }

        var result = await intake.AppendAsync(model, builder.Batch, Patience, cancellation);
        if (result.Outcome != AppendOutcome.Durable)
            throw new InvalidOperationException($"The spool has no room for ground truth of {model.Name} ({result.Outcome}).");
    }

    private static ImportError Error(ImportedAnswer answer, string field, string reason) => new(answer.Index, field, reason);

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private sealed record KnownPrediction(string? Truth, ReviewTaskRow? Task);

    private sealed class Counts
    {
        public int Taken { get; set; }

        public int Truths { get; set; }

        public int Late { get; set; }

        public int Repeated { get; set; }
    }
}
