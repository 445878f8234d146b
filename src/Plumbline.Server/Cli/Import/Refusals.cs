using System.Text.Json;

namespace Plumbline.Server.Cli.Import;

/// <summary>One row that did not get in: where it is in the file and why.</summary>
public sealed record RefusedRow(string File, long Line, string Code, string Detail);

/// <summary>
/// Remembers the first refused rows for the report and writes all of them to a file when one was asked for. Safe to add to from several
/// senders.
/// </summary>
public sealed class Refusals(string? file) : IAsyncDisposable
{
    private const int MaxShown = 20;
    private readonly Lock _gate = new();
    private readonly List<RefusedRow> _first = [];
    private readonly StreamWriter? _writer = file is null ? null : new StreamWriter(file);
    private long _count;

    public void Add(RefusedRow row)
    {
        lock (_gate)
        {
            _count++;
            if (_first.Count < MaxShown)
                _first.Add(row);
            _writer?.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        file = row.File,
                        line = row.Line,
                        code = row.Code,
                        detail = row.Detail,
                    }
                )
            );
        }
    }

    /// <summary>Counts rows that the server refused without listing them.</summary>
    public void AddUnlisted(long rows)
    {
        lock (_gate)
            _count += rows;
    }

    /// <summary>Writes the first rows and how many more there are.</summary>
    public async Task ReportAsync(TextWriter error)
    {
        foreach (var row in _first)
            await error.WriteLineAsync($"rejected: {row.File} line {row.Line}: {row.Code}: {row.Detail}");
        if (_count > _first.Count)
        {
            var where = file is null ? "; --rejects FILE writes those that the server lists" : $", those that the server lists in {file}";
            await error.WriteLineAsync($".. and {_count - _first.Count:N0} more{where}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
    }
}
