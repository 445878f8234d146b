using Plumbline.Events.Batches;
using Plumbline.Events.Decoding;

namespace Plumbline.Events.Building;

/// <summary>
/// Makes a batch of typed events: what <see cref="EventDecoder"/> does for JSON, by the same rules, with the same bytes. For whoever has
/// the values already: sources, other protocols, a gateway. What is wrong with an event refuses that event. Not thread-safe; made to be
/// used again and again: <see cref="Begin"/>, then <c>Add</c> for each event. Dispose gives the pooled memory back.
/// </summary>
public sealed class EventBatchBuilder : IDisposable
{
    private readonly RowState _row;
    private readonly TextBuffer _text = new();
    private long _next;

    /// <summary>Creates a builder for one kind of event.</summary>
    public EventBatchBuilder(EventKind kind, EventLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _row = new RowState(limits);
        Batch = new EventBatch(kind, DateTimeOffset.UnixEpoch, limits.RejectionsListed);
    }

    /// <summary>What was added since <see cref="Begin"/>.</summary>
    public EventBatch Batch { get; }

    /// <summary>Empties the batch and starts the next.</summary>
    public void Begin(DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Batch.Reset(context.ReceivedAt);
        _row.Attach(Batch, context);
        _next = 0;
    }

    /// <summary>Adds a prediction; false when it is refused, for the reason that the batch's rejections then end with.</summary>
    /// <exception cref="InvalidOperationException">The builder is for another kind of event.</exception>
    public bool Add(PredictionEvent prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        Start(EventKind.Prediction);
        return End(
            WriteId(prediction.Id, RowField.Id, "prediction_id")
                && WriteTime(prediction.Timestamp)
                && WriteWord(prediction.Version, RowField.Version, "version")
                && new PredictionFields(_row, _text).Write(prediction)
        );
    }

    /// <summary>Adds a ground truth; false when it is refused.</summary>
    /// <exception cref="InvalidOperationException">The builder is for another kind of event.</exception>
    public bool Add(GroundTruthEvent truth)
    {
        ArgumentNullException.ThrowIfNull(truth);
        Start(EventKind.GroundTruth);
        return End(
            WriteId(truth.PredictionId, RowField.Id, "prediction_id")
                && WriteTime(truth.Timestamp)
                && WriteTruth(truth)
                && WriteWord(truth.Source, RowField.Source, "source")
                && HasValue(truth)
        );
    }

    /// <summary>Adds a signal; false when it is refused.</summary>
    /// <exception cref="InvalidOperationException">The builder is for another kind of event.</exception>
    public bool Add(SignalEvent signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        Start(EventKind.Signal);
        return End(
            WriteName(signal.Name)
                && WriteTime(signal.Timestamp)
                && WriteValue(signal.Value)
                && WriteReferredId(signal.PredictionId)
                && WriteId(signal.SignalId, RowField.SignalId, "signal_id")
                && WriteWord(signal.Version, RowField.Version, "version")
                && WriteWord(signal.Segment, RowField.Segment, "segment")
        );
    }

    /// <summary>Refuses the next event, which whoever has it could not read; always false.</summary>
    /// <param name="code">One of <see cref="RejectionCode"/>.</param>
    /// <param name="field">The field, or null.</param>
    /// <param name="detail">What is wrong, for people.</param>
    public bool Refuse(string code, string? field, string detail)
    {
        Start(Batch.Kind);
        return End(_row.Fail(code, field, detail));
    }

    /// <inheritdoc/>
    public void Dispose() => Batch.Dispose();

    private void Start(EventKind kind)
    {
        if (Batch.Kind != kind)
            throw new InvalidOperationException($"This builder makes batches of kind {Batch.Kind}, not {kind}.");
        _row.BeginRow(_next++);
    }

    private bool End(bool taken)
    {
        if (taken)
            _row.CompleteRow();
        else
            _row.RefuseRow();
        return taken;
    }

    private bool WriteWord(string? text, RowField tag, string field) => _text.WriteWord(text, _row, tag, field);

    private bool WriteId(string? id, RowField tag, string field)
    {
        if (id is null)
            return true;
        if (!TryId(id, field, out var text))
            return false;
        _row.WriteId(text, tag);
        return true;
    }

    private bool WriteReferredId(string? id)
    {
        if (id is null)
            return true;
        if (!TryId(id, "prediction_id", out var text))
            return false;
        _row.WriteText(text, RowField.Id);
        return true;
    }

    private bool TryId(string id, string field, out ReadOnlySpan<byte> text)
    {
        if (!_text.TryWord(id, _row, field, _row.Limits.IdBytes, out text))
            return _row.Fail(RejectionCode.IdInvalid, field, _row.Detail!);
        return !text.IsEmpty || _row.Fail(RejectionCode.IdInvalid, field, $"'{field}' is empty.");
    }

    private bool WriteTime(DateTimeOffset? time) => time is not { } at || _row.TakeTimestamp(at.ToUnixTimeMilliseconds());

    private bool WriteTruth(GroundTruthEvent truth)
    {
        if (truth.Number is { } number)
        {
            if (!double.IsFinite(number))
                return _row.Fail(RejectionCode.FieldInvalid, "value", "'value' is no finite number.");
            _row.WriteNumber(number, RowField.NumberValue);
            if (_row.Context.NumericPrediction)
                return _row.WriteTruth(_text.Number(truth.Class, number));
        }
        else if (truth.Class is null)
        {
            return true;
        }
        else if (_row.Context.NumericPrediction)
        {
            return _row.Fail(RejectionCode.FieldInvalid, "value", "'value' must be a number, since the model is a regression.");
        }

        if (!_text.TryClass(truth.Class, truth.Number, _row, "value", out var name))
            return false;
        return name.IsEmpty
            ? _row.Fail(RejectionCode.FieldMissing, "value", "'value' means that there is none; send the row when the truth is known.")
            : _row.WriteTruth(name);
    }

    private bool HasValue(GroundTruthEvent truth) =>
        truth.Number is not null
        || truth.Class is not null
        || _row.Fail(RejectionCode.FieldMissing, "value", "'value' is required and not null.");

    private bool WriteName(string name) =>
        name.Length > 0
            ? WriteWord(name, RowField.Name, "name")
            : _row.Fail(RejectionCode.FieldInvalid, "name", "'name' must be text that is not empty.");

    private bool WriteValue(double? value)
    {
        if (value is not { } number)
            return true;
        if (!double.IsFinite(number))
            return _row.Fail(RejectionCode.FieldInvalid, "value", "'value' is no finite number.");
        _row.WriteNumber(number, RowField.NumberValue);
        return true;
    }
}
