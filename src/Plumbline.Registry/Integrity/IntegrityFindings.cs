namespace Plumbline.Registry.Integrity;

/// <summary>What was found to be lost or damaged since the start, for the health page. In memory: the next start looks again.</summary>
public sealed class IntegrityFindings
{
    /// <summary>Findings that are kept; further ones are counted.</summary>
    public const int MostKept = 100;

    private readonly Lock _lock = new();
    private readonly List<string> _found = [];
    private int _more;

    /// <summary>The findings, oldest first, each one sentence or two.</summary>
    public IReadOnlyList<string> Found
    {
        get
        {
            lock (_lock)
                return _more == 0 ? [.. _found] : [.. _found, $"{_more} further findings; see the log."];
        }
    }

    /// <summary>Adds one; the same text is kept once. True when it is new.</summary>
    public bool Add(string finding)
    {
        lock (_lock)
        {
            if (_found.Contains(finding, StringComparer.Ordinal))
                return false;
            if (_found.Count < MostKept)
                _found.Add(finding);
            else
                _more++;
            return true;
        }
    }
}
