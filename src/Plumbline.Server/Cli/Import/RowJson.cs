using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plumbline.Events;
using Plumbline.Registry.FeatureTypes;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// Writes the current row of a file as the JSON that the API takes. One writer per file: the columns' ordinals are looked up once.
/// </summary>
public sealed class RowJson
{
    private static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
    private readonly RowSource _rows;
    private readonly ImportSettings _settings;
    private readonly ValueReading _reading;
    private readonly bool _regression;
    private readonly (string Name, string Type)[] _features;
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _hashed = new();

    public RowJson(
        RowSource rows,
        ImportSettings settings,
        ValueReading reading,
        string task,
        IReadOnlyList<(string Name, string Type)> features
    )
    {
        _rows = rows;
        _settings = settings;
        _reading = reading;
        _regression = task == "regression";
        _features = [.. features];
    }

    private ColumnRoles Columns => _settings.Columns;

    /// <summary>The row's time: its column, or start + row number x interval; null with a reason when it cannot be read.</summary>
    public DateTimeOffset? TimeOf(long rowNumber, out string? problem)
    {
        problem = null;
        if (Columns.Timestamp is null)
            return _settings.Start is { } start ? start + (_settings.Interval * rowNumber) : null;
        return ReadTime(Columns.Timestamp, out problem);
    }

    /// <summary>When the ground truth became known; null without such a column (the server then takes the time of arrival).</summary>
    public DateTimeOffset? GroundTruthTime() =>
        Columns.GroundTruthTimestamp is not null && TryTime(Value(Columns.GroundTruthTimestamp).Text, out var time) ? time : null;

    /// <summary>
    /// The row's id: its column, or one made from the version, the line, the time and every value of the row but the ground truth. So a
    /// second import of the same file, or of the file with rows appended, finds its first rows again as duplicates.
    /// </summary>
    public string IdOf(DateTimeOffset? time)
    {
        if (Columns.Id is not null)
            return Value(Columns.Id).Text;
        _hashed.ResetWrittenCount();
        Hash(VersionOf());
        Hash(time is { } known ? WrittenTime.Format(known) : "");
        for (var column = 0; column < _rows.Columns.Count; column++)
        {
            // Ground truth may be filled in later; that does not make the row another prediction.
            if (_rows.Columns[column] != Columns.GroundTruth && _rows.Columns[column] != Columns.GroundTruthTimestamp)
                Hash(_rows[column].Text);
        }

        return HashedId();
    }

    public void WritePrediction(IBufferWriter<byte> output, string id, DateTimeOffset time)
    {
        using var json = new Utf8JsonWriter(output, Compact);
        json.WriteStartObject();
        json.WriteString("prediction_id", id);
        json.WriteString("timestamp", WrittenTime.Format(time));
        json.WriteString("version", VersionOf());
        json.WriteStartObject("features");
        foreach (var (name, type) in _features)
            WriteFeature(json, name, type);
        json.WriteEndObject();
        WriteOutcome(json, "prediction", Columns.Prediction);
        WriteNumber(json, "score", Columns.Score);
        if (Columns.Probabilities.Count > 0)
        {
            json.WriteStartObject("probabilities");
            foreach (var (of, column) in Columns.Probabilities)
                WriteNumber(json, of, column);
            json.WriteEndObject();
        }

        WriteNumber(json, "latency_ms", Columns.LatencyMs);
        if (Columns.Status is not null && Value(Columns.Status) is { Kind: not CellKind.Missing } status)
            json.WriteString("status", status.Text.ToLowerInvariant());
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    /// <summary>False when the row has no ground truth (yet).</summary>
    public bool WriteGroundTruth(IBufferWriter<byte> output, string id, DateTimeOffset? time)
    {
        if (
            Columns.GroundTruth is null
            || Value(Columns.GroundTruth) is not { Kind: not CellKind.Missing } truth
            || ValueReading.ClassOf(truth.Text).Length == 0
        )
        {
            return false;
        }

        using var json = new Utf8JsonWriter(output, Compact);
        json.WriteStartObject();
        json.WriteString("prediction_id", id);
        if (time is { } known)
            json.WriteString("timestamp", WrittenTime.Format(known));
        WriteOutcome(json, "value", Columns.GroundTruth);
        json.WriteString("source", "import");
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
        return true;
    }

    /// <summary>
    /// A business signal. Its id is made of the line and of every value of the row, so that a second import of the same file, or of the
    /// file with rows appended, finds duplicates. Null when it was written, else why not.
    /// </summary>
    public string? WriteSignal(IBufferWriter<byte> output)
    {
        var name = Columns.SignalName is null ? _settings.Signal! : Value(Columns.SignalName).Text;
        if (name.Length == 0)
            return $"column '{Columns.SignalName}' is empty";
        if (ReadTime(Columns.SignalTimestamp!, out var problem) is not { } time)
            return problem;
        var value = 1.0;
        if (Columns.SignalValue is not null && !TryNumber(Value(Columns.SignalValue).Text, out value))
            return $"column '{Columns.SignalValue}': '{Shorten(Value(Columns.SignalValue).Text)}' is not a number";
        _hashed.ResetWrittenCount();
        Hash(name);
        for (var column = 0; column < _rows.Columns.Count; column++)
            Hash(_rows[column].Text);
        using var json = new Utf8JsonWriter(output, Compact);
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("timestamp", WrittenTime.Format(time));
        json.WriteNumber("value", value);
        if (Columns.Id is not null && Value(Columns.Id) is { Kind: not CellKind.Missing } id)
            json.WriteString("prediction_id", id.Text);
        json.WriteString("signal_id", HashedId());
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
        return null;
    }

    /// <summary>The flat row of a reference: the features and the columns with a part, under the file's own names.</summary>
    public void WriteReference(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Compact);
        json.WriteStartObject();
        foreach (var (name, type) in _features)
            WriteFeature(json, name, type);
        if (Columns.Timestamp is not null && TimeOf(0, out _) is { } time)
            json.WriteString(Columns.Timestamp, WrittenTime.Format(time));
        if (Columns.Prediction is not null)
            WriteOutcome(json, Columns.Prediction, Columns.Prediction);
        if (Columns.Score is not null)
            WriteNumber(json, Columns.Score, Columns.Score);
        if (Columns.GroundTruth is not null)
            WriteOutcome(json, Columns.GroundTruth, Columns.GroundTruth);
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private string VersionOf() =>
        Columns.Version is not null && Value(Columns.Version) is { Kind: not CellKind.Missing } written ? written.Text : _settings.Version;

    private void WriteOutcome(Utf8JsonWriter json, string name, string? column)
    {
        if (column is null || Value(column) is not { Kind: not CellKind.Missing } cell)
            return;
        if (_regression)
            WriteNumber(json, name, column);
        else if (ValueReading.ClassOf(cell.Text) is { Length: > 0 } label)
            json.WriteString(name, label);
    }

    // What is no number is sent as it stands: the server, not the import, decides that the row is wrong, and says so with its index.
    private void WriteNumber(Utf8JsonWriter json, string name, string? column)
    {
        if (column is null || Value(column) is not { Kind: not CellKind.Missing } cell)
            return;
        if (TryNumber(cell.Text, out var number))
            json.WriteNumber(name, number);
        else if (double.IsInfinity(number))
            json.WriteString(name, NumberText(number));
        else if (!MissingWords.Contains(cell.Text))
            json.WriteString(name, cell.Text);
    }

    private void WriteFeature(Utf8JsonWriter json, string name, string type)
    {
        var cell = Value(name);
        if (cell.Kind == CellKind.Missing)
        {
            json.WriteNull(name);
            return;
        }

        var finite = TryNumber(cell.Text, out var number);
        switch (type)
        {
            case "numeric" when finite:
                json.WriteNumber(name, number);
                break;
            case "numeric" when double.IsInfinity(number):
                json.WriteString(name, NumberText(number));
                break;
            case "numeric" or "boolean" when MissingWords.Contains(cell.Text):
                json.WriteNull(name);
                break;
            case "boolean" when WrittenNumbers.IsBoolean(cell.Text) || cell.Text is "1" or "0" or "1.0" or "0.0":
                json.WriteBoolean(name, cell.Text[0] is 't' or 'T' or '1');
                break;
            default:
                json.WriteString(name, cell.Text);
                break;
        }
    }

    // JSON has no infinity; the API takes these texts.
    private static string NumberText(double infinite) => infinite > 0 ? "Infinity" : "-Infinity";

    private static bool TryNumber(string text, out double number) =>
        WrittenNumbers.TryParse(text.AsSpan().Trim(), out number) && double.IsFinite(number);

    private Cell Value(string column)
    {
        if (!_ordinals.TryGetValue(column, out var ordinal))
        {
            ordinal = _rows.IndexOf(column);
            if (ordinal < 0)
                return Cell.Missing; // NDJSON: the column has not appeared yet
            _ordinals.Add(column, ordinal);
        }

        return _reading.Clean(_rows[ordinal]);
    }

    private DateTimeOffset? ReadTime(string column, out string? problem)
    {
        problem = null;
        var cell = Value(column);
        if (cell.Kind == CellKind.Missing)
        {
            problem = $"column '{column}' is empty";
        }
        else if (TryTime(cell.Text, out var time))
        {
            return time;
        }
        else
        {
            var expected =
                _settings.TimestampFormat?.Written ?? "year first, or epoch seconds or milliseconds; else give --timestamp-format";
            problem = $"column '{column}': '{Shorten(cell.Text)}' is not a time ({expected})";
        }

        return null;
    }

    private bool TryTime(string text, out DateTimeOffset time) =>
        _settings.TimestampFormat is { } format ? format.TryParse(text, out time) : WrittenTime.TryParse(text, out time);

    /// <summary>An id of the row's line and of what was hashed.</summary>
    private string HashedId() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"row-{_rows.Line}-{Convert.ToHexStringLower(SHA256.HashData(_hashed.WrittenSpan).AsSpan(0, 8))}"
        );

    private void Hash(string text)
    {
        Encoding.UTF8.GetBytes(text, _hashed);
        _hashed.Write([(byte)0x1f]);
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "..";
}
