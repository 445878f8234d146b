namespace Plumbline.Server.Cli.Import;

/// <summary>
/// What became of the rows of one file. Every row read ends in exactly one of the counts. Safe to add to from several senders.
/// </summary>
public sealed class ImportTally(string kind, string file, Refusals refusals)
{
    private long _read,
        _withoutValue,
        _accepted,
        _duplicates,
        _refused;

    /// <summary>reference, predictions, ground-truth or signals.</summary>
    public string Kind { get; } = kind;

    public string File { get; } = file;

    /// <summary>The line of each reference row sent: the server's answer names rows by their place in the upload.</summary>
    public List<long> ReferenceLines { get; } = [];

    public long Read => Interlocked.Read(ref _read);

    /// <summary>Rows of a ground-truth column without a value: nothing to send.</summary>
    public long WithoutValue => Interlocked.Read(ref _withoutValue);

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Duplicates => Interlocked.Read(ref _duplicates);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Forgets a first attempt that is sent again from the start.</summary>
    public void Restart()
    {
        (_read, _withoutValue, _accepted, _duplicates, _refused) = (0, 0, 0, 0, 0);
        ReferenceLines.Clear();
    }

    public void AddRead() => Interlocked.Increment(ref _read);

    public void AddWithoutValue() => Interlocked.Increment(ref _withoutValue);

    public void AddRefused(long line, string code, string detail)
    {
        Interlocked.Increment(ref _refused);
        refusals.Add(new RefusedRow(File, line, code, detail));
    }

    public void AddAnswer(RowsAnswer answer, IReadOnlyList<long> lines)
    {
        Interlocked.Add(ref _accepted, answer.Accepted);
        Interlocked.Add(ref _duplicates, answer.Duplicates);
        foreach (var row in answer.Rejected)
            AddRefused(row.Index >= 0 && row.Index < lines.Count ? lines[row.Index] : 0, row.Code, row.Detail);
        // A server lists only the first rejections of a request; the others are still rejected.
        var unlisted = lines.Count - answer.Accepted - answer.Duplicates - answer.Rejected.Count;
        if (unlisted <= 0)
            return;
        Interlocked.Add(ref _refused, unlisted);
        refusals.AddUnlisted(unlisted);
    }
}
