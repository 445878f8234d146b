using System.Text;
using System.Text.Json.Serialization;
using Plumbline.Events;
using Plumbline.Events.Batches;

namespace Plumbline.Ingestion.Intake;

/// <summary>The id that was made for a row that came without one.</summary>
public sealed record MadeId(long Index, string PredictionId);

/// <summary>What a first prediction made of an unknown model, as the answer tells it.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Task">binary, multiclass or regression.</param>
/// <param name="Because">By what the task was recognised.</param>
/// <param name="ToChange">What can be declared otherwise, and how.</param>
public sealed record CreatedModel(string Model, string Task, string Because, string ToChange);

/// <summary>The body of a 202.</summary>
public sealed class IngestionAnswer
{
    private const int MadeIdsListed = 100_000;
    private readonly List<RowRejection> _rejected = [];
    private List<MadeId>? _madeIds;
    private List<string>? _ignored;

    /// <summary>Rows that are durable.</summary>
    public long Accepted { get; private set; }

    /// <summary>Rows that were known already.</summary>
    public long Duplicates { get; private set; }

    /// <summary>The first rejected rows; <see cref="RejectedCount"/> has all.</summary>
    public IReadOnlyList<RowRejection> Rejected => _rejected;

    /// <summary>All rejected rows, listed or not.</summary>
    public long RejectedCount { get; private set; }

    /// <summary>The ids of accepted rows that came without; absent when there are none. The first 100,000 of one request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MadeId>? PredictionIds => _madeIds;

    /// <summary>Keys that mean nothing here and were ignored; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? IgnoredFields => _ignored;

    /// <summary>The model that the first of these rows created; absent when it was there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CreatedModel? Created { get; internal set; }

    /// <summary>All rows so far, whatever became of them.</summary>
    internal long Rows => Accepted + Duplicates + RejectedCount;

    /// <summary>Those of them that were taken from the key's allowance already.</summary>
    internal long RowsCharged { get; set; }

    /// <summary>Adds what became of a batch. The batch's rows must still be there.</summary>
    public void Add(EventBatch batch, IntakeResult result, int rejectionsListed)
    {
        Accepted += result.Accepted;
        Duplicates += result.Duplicates;
        RejectedCount += batch.RejectedCount;
        foreach (var rejection in batch.Rejections.Take(Math.Max(0, rejectionsListed - _rejected.Count)))
            _rejected.Add(rejection);
        foreach (var field in batch.IgnoredFields)
        {
            _ignored ??= [];
            if (!_ignored.Contains(field) && _ignored.Count < 20)
                _ignored.Add(field);
        }
        if (batch.Kind != EventKind.Prediction)
            return;
        foreach (ref readonly var row in batch.Rows)
        {
            if (row.IdMade && (_madeIds ??= []).Count < MadeIdsListed)
                _madeIds.Add(new MadeId(row.Index, Encoding.UTF8.GetString(batch.IdOf(row))));
        }
    }
}
