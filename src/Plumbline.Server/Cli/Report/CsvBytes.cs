using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Report;

/// <summary>
/// CSV (RFC 4180) read as bytes: a record is a list of places in the buffer, so that a cell becomes a number without becoming a text
/// before. Understands what <see cref="Import.CsvRows"/> understands; that one gives texts, which an import needs and a report cannot
/// afford.
/// </summary>
internal sealed class CsvBytes : IDisposable
{
    private const int FirstBuffer = 1 << 20;

    // A file whose quote is never closed would otherwise be read into one record.
    private const int LongestRecord = 32 << 20;
    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte _delimiter;
    private byte[] _buffer = new byte[FirstBuffer];
    private byte[] _unescaped = [];
    private Place[] _places = new Place[64];
    private int _start,
        _filled;
    private bool _ended;
    private long _nextLine = 1;

    private readonly record struct Place(int Start, int Length, bool HasDoubledQuotes);

    private enum Scanned
    {
        Record,
        NeedsMore,
    }

    public CsvBytes(Stream stream, char delimiter, string name)
    {
        (_stream, _delimiter, _name) = (stream, (byte)delimiter, name);
        Fill();
        if (_buffer.AsSpan(0, _filled).StartsWith("\uFEFF"u8))
            _start = 3;
    }

    /// <summary>Fields of the current record.</summary>
    public int FieldCount { get; private set; }

    /// <summary>The line at which the current record starts, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Why the current record cannot be used, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>A field of the current record, without its quotes. Valid until the next field is asked for.</summary>
    public ReadOnlySpan<byte> this[int field]
    {
        get
        {
            var place = _places[field];
            var bytes = _buffer.AsSpan(place.Start, place.Length);
            return place.HasDoubledQuotes ? Unescape(bytes) : bytes;
        }
    }

    /// <summary>Goes to the next record; empty lines are skipped. False at the end.</summary>
    public bool Read()
    {
        while (true)
        {
            SkipEmptyLines();
            if (_start == _filled)
            {
                if (_ended)
                    return false;
                Fill();
                continue;
            }

            if (Scan() == Scanned.Record)
                return true;
            Fill();
        }
    }

    public void Dispose() => _stream.Dispose();

    private void SkipEmptyLines()
    {
        while (_start < _filled && _buffer[_start] is (byte)'\n' or (byte)'\r')
        {
            // A carriage return at the end of the buffer may belong to a line feed that is not there yet.
            var pair = _buffer[_start] == '\r' && _start + 1 < _filled && _buffer[_start + 1] == '\n';
            _start += pair ? 2 : 1;
            _nextLine++;
        }
    }

    private Scanned Scan()
    {
        var at = _start;
        long lines = 0;
        (FieldCount, Fault, Line) = (0, null, _nextLine);
        while (true)
        {
            var place = at < _filled && _buffer[at] == '"' ? Quoted(ref at, ref lines) : Plain(ref at);
            if (place is not { } field || (at >= _filled && !_ended))
                return Scanned.NeedsMore;
            Keep(field);
            if (at < _filled && _buffer[at] == _delimiter)
            {
                at++;
                continue;
            }

            return EndRecord(at, lines);
        }
    }

    private Scanned EndRecord(int at, long lines)
    {
        if (at < _filled && _buffer[at] == '\r')
        {
            if (at + 1 == _filled && !_ended)
                return Scanned.NeedsMore;
            at += at + 1 < _filled && _buffer[at + 1] == '\n' ? 2 : 1;
        }
        else if (at < _filled)
        {
            at++;
        }

        _start = at;
        _nextLine += lines + 1;
        return Scanned.Record;
    }

    private Place? Plain(ref int at)
    {
        var rest = _buffer.AsSpan(at, _filled - at);
        var length = rest.IndexOfAny(_delimiter, (byte)'\n', (byte)'\r');
        if (length < 0 && !_ended)
            return null;
        var place = new Place(at, length < 0 ? rest.Length : length, false);
        at += place.Length;
        return place;
    }

    private Place? Quoted(ref int at, ref long lines)
    {
        var start = ++at;
        var doubled = false;
        while (true)
        {
            var length = _buffer.AsSpan(at, _filled - at).IndexOf((byte)'"');
            if (length < 0)
            {
                if (!_ended)
                    return null;
                Fault ??= "opens a quote that is never closed";
                at = _filled;
                return new Place(start, at - start, doubled);
            }

            at += length + 1;
            if (at == _filled && !_ended)
                return null;
            if (at == _filled || _buffer[at] != '"')
                break;
            doubled = true;
            at++;
        }

        var place = new Place(start, at - 1 - start, doubled);
        lines += _buffer.AsSpan(start, place.Length).Count((byte)'\n');
        var rest = _buffer.AsSpan(at, _filled - at).IndexOfAny(_delimiter, (byte)'\n', (byte)'\r');
        if (rest < 0 && !_ended)
            return null;
        if (rest != 0 && at < _filled)
            Fault ??= "has text after a closing quote";
        at = rest < 0 ? _filled : at + rest;
        return place;
    }

    private void Keep(Place place)
    {
        if (FieldCount == _places.Length)
            Array.Resize(ref _places, _places.Length * 2);
        _places[FieldCount++] = place;
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> bytes)
    {
        if (_unescaped.Length < bytes.Length)
            _unescaped = new byte[bytes.Length];
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            _unescaped[length++] = bytes[i];
            if (bytes[i] == '"' && i + 1 < bytes.Length && bytes[i + 1] == '"')
                i++;
        }

        return _unescaped.AsSpan(0, length);
    }

    // Moves what is not read yet to the front and reads behind it.
    private void Fill()
    {
        var kept = _filled - _start;
        if (kept == _buffer.Length)
        {
            if (kept >= LongestRecord)
            {
                throw new CommandLineException(
                    ExitCode.Failure,
                    $"{_name}: the row at line {_nextLine} is longer than {LongestRecord >> 20} MiB; a quote is probably not closed"
                );
            }

            Array.Resize(ref _buffer, kept * 2);
        }
        else
        {
            _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        }

        (_start, _filled) = (0, kept);
        while (_filled < _buffer.Length)
        {
            var read = _stream.Read(_buffer, _filled, _buffer.Length - _filled);
            _ended = read == 0;
            _filled += read;
            if (read == 0)
                return;
        }
    }
}
