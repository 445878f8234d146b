using System.Text;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>
/// CSV with a header (RFC 4180: quotes, line breaks and doubled quotes inside quotes), UTF-8, gzip or not. A field is what the file says:
/// nothing is trimmed or converted.
/// </summary>
public sealed class CsvRows : RowSource
{
    // A file whose quote is never closed would otherwise be read into one field.
    private const int MaxFieldChars = 4 << 20;
    private const int MaxColumns = 10_000;
    private readonly TextReader _reader;
    private readonly char _delimiter;
    private readonly string _name;
    private readonly char[] _buffer = new char[1 << 15];
    private readonly StringBuilder _field = new();
    private readonly List<string> _fields = [];
    private readonly string[] _columns;
    private int _position,
        _filled;
    private long _line,
        _nextLine = 1;
    private string? _fault;

    public CsvRows(string path, char delimiter, Encoding? encoding = null)
        : this(new StreamReader(OpenFile(path), encoding ?? StrictUtf8), delimiter, Path.GetFileName(path)) { }

    internal CsvRows(TextReader reader, char delimiter, string name)
    {
        (_reader, _delimiter, _name) = (reader, delimiter, name);
        try
        {
            if (!ReadRecord())
                throw new CommandLineException(ExitCode.Usage, $"{name} is empty: its first line must name the columns");
            if (_fault is not null)
                throw new CommandLineException(ExitCode.Usage, $"{name}: the header {_fault}");
            _columns = _fields.Select(column => column.Trim()).ToArray();
            if (_columns.GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new CommandLineException(ExitCode.Usage, $"{name} has two columns named '{twice.Key}'");
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Columns => _columns;

    public override long Line => _line;

    public override string? Fault => _fault;

    public override Cell this[int column] =>
        column < _fields.Count && _fields[column] is { Length: > 0 } text ? new Cell(CellKind.Untyped, text) : Cell.Missing;

    public override bool Read()
    {
        if (!ReadRecord())
            return false;
        if (_fault is null && _fields.Count != _columns.Length)
            _fault = $"has {_fields.Count} fields where the header names {_columns.Length}";
        return true;
    }

    protected override void Dispose(bool disposing) => _reader.Dispose();

    // Reads one record; empty lines between records are skipped.
    private bool ReadRecord()
    {
        _fields.Clear();
        _fault = null;
        while (Peek() is '\n' or '\r')
            TakeLineBreak();
        _line = _nextLine;
        if (Peek() < 0)
            return false;
        while (true)
        {
            if (Peek() == '"')
                ReadQuoted();
            else
                ReadPlain();
            if (_fields.Count < MaxColumns)
                _fields.Add(_field.ToString());
            else
                _fault ??= $"has more than {MaxColumns:N0} fields";
            var next = Peek();
            if (next == _delimiter)
            {
                _position++;
                continue;
            }

            if (next >= 0)
                TakeLineBreak();
            return true;
        }
    }

    private void ReadPlain()
    {
        _field.Clear();
        while (Peek() >= 0)
        {
            var rest = _buffer.AsSpan(_position, _filled - _position);
            var length = rest.IndexOfAny(_delimiter, '\n', '\r');
            Append(length < 0 ? rest : rest[..length]);
            _position += length < 0 ? rest.Length : length;
            if (length >= 0)
                return;
        }
    }

    private void ReadQuoted()
    {
        _field.Clear();
        _position++;
        while (Peek() >= 0)
        {
            var rest = _buffer.AsSpan(_position, _filled - _position);
            var length = rest.IndexOf('"');
            var text = length < 0 ? rest : rest[..length];
            _nextLine += text.Count('\n');
            Append(text);
            _position += length < 0 ? text.Length : length + 1;
            if (length < 0)
                continue;
            if (Peek() != '"')
            {
                SkipToDelimiter();
                return;
            }

            _field.Append('"');
            _position++;
        }

        _fault ??= "opens a quote that is never closed";
    }

    // Text between a closing quote and the delimiter is a mistake of the writer; guessing what it meant would change a value silently.
    private void SkipToDelimiter()
    {
        while (Peek() is var next && next >= 0 && next != _delimiter && next is not ('\n' or '\r'))
        {
            _fault ??= "has text after a closing quote";
            _position++;
        }
    }

    private void TakeLineBreak()
    {
        var first = _buffer[_position++];
        if (first == '\r' && Peek() == '\n')
            _position++;
        _nextLine++;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (_field.Length + text.Length > MaxFieldChars)
        {
            throw new CommandLineException(
                ExitCode.Failure,
                $"line {_line}: a field is longer than {MaxFieldChars:N0} characters; a quote is probably not closed"
            );
        }

        _field.Append(text);
    }

    private int ReadBuffer()
    {
        try
        {
            return _reader.Read(_buffer, 0, _buffer.Length);
        }
        catch (DecoderFallbackException broken)
        {
            throw new CommandLineException(
                ExitCode.Usage,
                $"{_name} has bytes that are not UTF-8, near line {_nextLine}. Say how it is written, "
                    + "for example --encoding latin1 or --encoding windows-1252",
                broken
            );
        }
    }

    // The next character without taking it; -1 at the end.
    private int Peek()
    {
        if (_position == _filled)
        {
            _filled = ReadBuffer();
            _position = 0;
            if (_filled <= 0)
            {
                _filled = 0;
                return -1;
            }
        }

        return _buffer[_position];
    }
}
