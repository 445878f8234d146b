using System.Buffers;
using System.Text.Json;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>
/// One row's features, put from the order in which they came into the order of the columns. A value that does not fit its column
/// becomes missing there and is kept as JSON in <c>raw</c>.
/// </summary>
internal sealed class FeatureCells(IReadOnlyList<FeatureDefinition> columns)
{
    private readonly Cell[] _cells = new Cell[columns.Count];
    private readonly long[] _values = new long[columns.Count];
    private readonly bool[] _doubtful = new bool[columns.Count];
    private readonly List<int> _misfits = [];
    private readonly byte[] _scratch = new byte[64];
    private readonly ArrayBufferWriter<byte> _json = new();
    private int _stamp;

    /// <summary>Values so far that did not fit their column.</summary>
    public long TypeErrors { get; private set; }

    /// <summary>
    /// Columns whose type was guessed from little, with how many values were read of each and whether some speak against the guess.
    /// </summary>
    public IEnumerable<(FeatureDefinition Feature, long Values, bool HasDoubtful)> Provisional =>
        columns
            .Select((column, at) => (Feature: column, Values: _values[at], HasDoubtful: _doubtful[at]))
            .Where(column => column.Feature.Provisional);

    /// <summary>Reads a row's features.</summary>
    /// <param name="features">The row's features.</param>
    /// <param name="batch">The bytes that they are spans of.</param>
    /// <param name="positions">By name in the batch: the column's position, or -1.</param>
    public void Read(FeatureReader features, ReadOnlySpan<byte> batch, ReadOnlySpan<int> positions)
    {
        _stamp++;
        _misfits.Clear();
        while (features.Read())
        {
            var position = positions[features.Name];
            if (position < 0 || features.Kind == FeatureValueKind.Missing || SaysMissing(features, columns[position].Type))
                continue;
            ref var cell = ref _cells[position];
            cell.Stamp = _stamp;
            cell.Name = features.Name;
            cell.Kind = features.Kind;
            cell.Number = features.Number;
            cell.Size = 0;
            if (features.Kind is FeatureValueKind.Text or FeatureValueKind.Json or FeatureValueKind.LongInteger)
            {
                batch.Overlaps(features.Text, out cell.Offset);
                cell.Size = features.Text.Length;
            }
            _values[position]++;
            var fits = Fits(ref cell, columns[position].Type, batch);
            if (!fits)
                _misfits.Add(position);
            // A number among texts fits, and may still show that the texts were the exception.
            _doubtful[position] |=
                !fits
                || (
                    columns[position].Type is (FeatureType.Categorical or FeatureType.Text)
                    && cell.Kind is not (FeatureValueKind.Text or FeatureValueKind.Json)
                );
        }
        TypeErrors += _misfits.Count;
    }

    /// <summary>Writes the <c>raw</c> map of the row.</summary>
    public void WriteRaw(RowBinaryBuffer rows, EventBatchReader names, ReadOnlySpan<byte> batch)
    {
        rows.WriteCount(_misfits.Count);
        foreach (var position in _misfits)
        {
            ref var cell = ref _cells[position];
            rows.WriteString(names.Name(cell.Name));
            rows.WriteString(JsonOf(cell, batch));
            cell.Stamp = -1;
        }
    }

    /// <summary>Writes the columns of the row; after <see cref="WriteRaw"/>.</summary>
    public void WriteColumns(RowBinaryBuffer rows, ReadOnlySpan<byte> batch)
    {
        for (var position = 0; position < _cells.Length; position++)
        {
            ref readonly var cell = ref _cells[position];
            var present = cell.Stamp == _stamp;
            if (columns[position].Type == FeatureType.Numeric)
            {
                rows.WriteDouble(present ? cell.Number : double.NaN);
                continue;
            }
            if (!present)
            {
                rows.WriteNull();
                continue;
            }
            rows.WritePresent();
            if (columns[position].Type == FeatureType.Boolean)
                rows.WriteBool(cell.Kind == FeatureValueKind.True);
            else
                rows.WriteString(TextOf(cell, batch));
        }
    }

    // Among categories and texts the words for a missing value may be values.
    private static bool SaysMissing(in FeatureReader value, FeatureType type) =>
        value.Kind == FeatureValueKind.Text && type is (FeatureType.Numeric or FeatureType.Boolean) && MissingWords.Contains(value.Text);

    private static bool Fits(ref Cell cell, FeatureType type, ReadOnlySpan<byte> batch) =>
        type switch
        {
            FeatureType.Numeric => cell.Kind is FeatureValueKind.Number or FeatureValueKind.LongInteger
                || (
                    cell.Kind == FeatureValueKind.Text
                    && JsonTexts.TryParseSpecialNumber(batch.Slice(cell.Offset, cell.Size), out cell.Number)
                ),
            FeatureType.Boolean => cell.Kind is FeatureValueKind.True or FeatureValueKind.False,
            FeatureType.Categorical => cell.Kind != FeatureValueKind.Json,
            _ => true,
        };

    private ReadOnlySpan<byte> TextOf(in Cell cell, ReadOnlySpan<byte> batch) =>
        cell.Kind switch
        {
            FeatureValueKind.Number => JsonTexts.CanonicalNumber(cell.Number, _scratch),
            FeatureValueKind.True => "true"u8,
            FeatureValueKind.False => "false"u8,
            _ => batch.Slice(cell.Offset, cell.Size),
        };

    private ReadOnlySpan<byte> JsonOf(in Cell cell, ReadOnlySpan<byte> batch)
    {
        if (cell.Kind == FeatureValueKind.Number && !double.IsFinite(cell.Number))
            return cell.Number > 0 ? "1e999"u8 : "-1e999"u8;
        if (cell.Kind != FeatureValueKind.Text)
            return TextOf(cell, batch);
        _json.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_json);
        writer.WriteStringValue(batch.Slice(cell.Offset, cell.Size));
        writer.Flush();
        return _json.WrittenSpan;
    }

    private struct Cell
    {
        public int Stamp;
        public int Name;
        public int Offset;
        public int Size;
        public double Number;
        public FeatureValueKind Kind;
    }
}
