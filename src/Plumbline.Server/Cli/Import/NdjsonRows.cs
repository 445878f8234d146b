using System.Text;
using System.Text.Json;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// One JSON object per line. An object inside becomes columns with dotted names (<c>user.country</c>); a list is kept as its JSON text.
/// </summary>
public sealed class NdjsonRows : RowSource
{
    private const int MaxDepth = 16;
    private readonly StreamReader _reader;
    private readonly string _name;
    private readonly List<string> _columns = [];
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal);
    private readonly List<Cell> _cells = [];
    private long _line;
    private string? _fault;

    public NdjsonRows(string path)
        : this(OpenFile(path), path) { }

    internal NdjsonRows(Stream stream, string name)
    {
        _reader = new StreamReader(stream, StrictUtf8);
        _name = name;
    }

    public override IReadOnlyList<string> Columns => _columns;

    public override long Line => _line;

    public override string? Fault => _fault;

    public override Cell this[int column] => column < _cells.Count ? _cells[column] : Cell.Missing;

    public override bool Read()
    {
        _fault = null;
        _cells.Clear();
        string? line;
        do
        {
            if ((line = ReadLine()) is null)
                return false;
            _line++;
        } while (string.IsNullOrWhiteSpace(line));

        if (_line == 1 && line.TrimStart().StartsWith('['))
            throw new CommandLineException(ExitCode.Usage, $"{_name} holds a JSON array; one JSON object per line (NDJSON) is expected");
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                Take(document.RootElement);
            else
                _fault = "is not a JSON object";
        }
        catch (JsonException broken)
        {
            _fault = $"is not valid JSON (at byte {broken.BytePositionInLine})";
        }

        return true;
    }

    protected override void Dispose(bool disposing) => _reader.Dispose();

    private string? ReadLine()
    {
        try
        {
            return _reader.ReadLine();
        }
        catch (DecoderFallbackException broken)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"{Path.GetFileName(_name)} has bytes that are not UTF-8, near line {_line + 1}; JSON is always UTF-8",
                broken
            );
        }
    }

    private void Take(JsonElement json)
    {
        if (!FlatJson.Visit(json, MaxDepth, (column, value) => Set(column, CellOf(value))))
            _fault = $"is nested deeper than {MaxDepth} objects";
    }

    private void Set(string column, Cell cell)
    {
        if (!_ordinals.TryGetValue(column, out var ordinal))
        {
            ordinal = _columns.Count;
            _ordinals.Add(column, ordinal);
            _columns.Add(column);
        }

        while (_cells.Count <= ordinal)
            _cells.Add(Cell.Missing);
        _cells[ordinal] = cell;
    }

    private static Cell CellOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => new Cell(CellKind.Text, value.GetString()!),
            JsonValueKind.Number => new Cell(CellKind.Number, value.GetRawText()),
            JsonValueKind.True => new Cell(CellKind.Boolean, "true"),
            JsonValueKind.False => new Cell(CellKind.Boolean, "false"),
            JsonValueKind.Array => new Cell(CellKind.Text, value.GetRawText()),
            _ => Cell.Missing,
        };
}
