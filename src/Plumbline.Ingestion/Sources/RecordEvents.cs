using System.Globalization;
using System.Text;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Events.Building;
using Plumbline.Events.Decoding;
using Plumbline.Ingestion.Sources.Reading;

namespace Plumbline.Ingestion.Sources;

/// <summary>Makes events of a table's rows, judged by the same rules as those that clients send.</summary>
internal sealed class RecordEvents : IDisposable
{
    private readonly SourceShape _shape;
    private readonly bool _isTruth;
    private readonly bool _wantsNumber;
    private readonly EventBatchBuilder _builder;
    private readonly SignalContentId? _contentId;

    public RecordEvents(SourceShape shape, bool isRegression, EventLimits limits)
    {
        _shape = shape;
        _isTruth = shape.Source.Gives == OutcomeKind.GroundTruth;
        _wantsNumber = !_isTruth || isRegression;
        _builder = new EventBatchBuilder(_isTruth ? EventKind.GroundTruth : EventKind.Signal, limits);
        _contentId = _isTruth || shape.SignalId is not null ? null : new SignalContentId(shape);
    }

    /// <summary>What was added since <see cref="Begin"/>.</summary>
    public EventBatch Batch => _builder.Batch;

    /// <summary>Empties the batch and starts the next.</summary>
    public void Begin(DecodeContext context) => _builder.Begin(context);

    /// <summary>Adds a row, or the reason why it is refused; false for the latter.</summary>
    public bool Add(in SourceRecord record)
    {
        if (FindNull(record.Values) is { } column)
        {
            return _builder.Refuse(
                RejectionCode.FieldMissing,
                column.Field,
                $"The column '{column.Name}' is null (or no finite number or time)."
            );
        }

        if (RecordTime.Read(_shape, record.Values, out var time) is { } reason)
            return _builder.Refuse(RejectionCode.TimestampInvalid, "timestamp", reason);
        return _isTruth ? AddTruth(record.Values, time) : AddSignal(record, time);
    }

    public void Dispose()
    {
        _builder.Dispose();
        _contentId?.Dispose();
    }

    private bool AddTruth(string?[] values, DateTimeOffset time)
    {
        var (kind, text) = (_shape.Columns[_shape.Value!.Value].Kind, values[_shape.Value.Value]!);
        var number = NumberOf(kind, text);
        return _builder.Add(
            new GroundTruthEvent
            {
                PredictionId = values[_shape.PredictionId!.Value]!,
                Timestamp = time,
                Number = number,
                // The digits too: a class may have more of them than a number holds.
                Class =
                    kind == SourceColumnKind.Boolean ? BooleanText(text)
                    : number is null || kind == SourceColumnKind.Number ? text
                    : null,
                Source = TextOf(_shape.SourceName, values),
            }
        );
    }

    private bool AddSignal(in SourceRecord record, DateTimeOffset time)
    {
        var values = record.Values;
        double? value = null;
        if (_shape.Value is { } at)
        {
            var (kind, text) = (_shape.Columns[at].Kind, values[at]!);
            value = kind == SourceColumnKind.Boolean ? (IsTrue(text) ? 1 : 0) : NumberOf(kind, text);
            if (value is null)
                return _builder.Refuse(RejectionCode.FieldInvalid, "value", "'value' must be a number, true or false, not text.");
        }

        return _builder.Add(
            new SignalEvent
            {
                Name = (_shape.Name is null ? _shape.Source.Signal : TextOf(_shape.Name, values)) ?? "",
                Timestamp = time,
                Value = value,
                PredictionId = TextOf(_shape.PredictionId, values),
                Version = TextOf(_shape.Version, values),
                Segment = TextOf(_shape.Segment, values),
                SignalId = _contentId is null ? TextOf(_shape.SignalId, values) : _contentId.Of(record),
            }
        );
    }

    // A null is not an absent field: now would be taken for an absent time, and 1 for an absent value.
    private (string Field, string Name)? FindNull(string?[] values)
    {
        if (_isTruth && IsNull(_shape.PredictionId))
            return ("prediction_id", _shape.Columns[_shape.PredictionId!.Value].Name);
        if (IsNull(_shape.Timestamp))
            return ("timestamp", _shape.Columns[_shape.Timestamp!.Value].Name);
        if (IsNull(_shape.Value) || IsNoFiniteNumber(_shape.Value))
            return ("value", _shape.Columns[_shape.Value!.Value].Name);
        if (IsNull(_shape.Name))
            return ("name", _shape.Columns[_shape.Name!.Value].Name);
        return null;

        bool IsNull(int? index) => index is { } at && values[at] is null;

        bool IsNoFiniteNumber(int? index) =>
            index is { } at
            && _shape.Columns[at].Kind == SourceColumnKind.Number
            && double.TryParse(values[at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && !double.IsFinite(number);
    }

    // A number in a column of text is one where a number is wanted; a class stays as it is written.
    private double? NumberOf(SourceColumnKind kind, string text) =>
        (kind == SourceColumnKind.Number || (kind == SourceColumnKind.Text && _wantsNumber))
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : null;

    private static string? TextOf(int? column, string?[] values) => column is { } at ? values[at] : null;

    internal static bool IsTrue(string text) => text is "true" or "t";

    private static string BooleanText(string text) => IsTrue(text) ? "true" : "false";
}

/// <summary>Reads the time of a row.</summary>
internal static class RecordTime
{
    /// <summary>Why it cannot be read, or null. A time beyond all calendars is the nearest within them: it is refused later.</summary>
    public static string? Read(SourceShape shape, string?[] values, out DateTimeOffset time)
    {
        var (kind, text) = (shape.Columns[shape.Timestamp!.Value].Kind, values[shape.Timestamp.Value]!);
        time = default;
        long milliseconds;
        if (
            kind != SourceColumnKind.Text
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        )
        {
            milliseconds = kind == SourceColumnKind.Time ? (long)Math.Floor(number / 1000m) : number;
            // A time of a database near 1970 is one; a number there is a mistake of the unit.
            if (kind == SourceColumnKind.Number && EpochTimes.IsMistakenUnit(milliseconds))
                return EpochTimes.MistakenUnit(milliseconds);
        }
        else if (!Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out milliseconds))
        {
            return EpochTimes.NoTime(Encoding.UTF8.GetBytes(text));
        }

        time = DateTimeOffset.FromUnixTimeMilliseconds(
            Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        );
        return null;
    }
}
