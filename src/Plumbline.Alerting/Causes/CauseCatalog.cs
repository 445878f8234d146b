namespace Plumbline.Alerting.Causes;

/// <summary>All kinds of causes: ranks what may have caused an incident, and finds the kind of a stored cause.</summary>
public sealed class CauseCatalog(IEnumerable<CauseKind> kinds)
{
    private readonly List<CauseKind> _kinds = [.. kinds];

    /// <summary>Every kind, in the order in which equals are ranked.</summary>
    public IReadOnlyList<CauseKind> All => _kinds;

    /// <summary>The kind of a key; null for one that this release does not know.</summary>
    public CauseKind? Find(string key) => _kinds.Find(kind => kind.Key == key);

    /// <summary>What may have caused it, the likeliest first; empty when nothing points anywhere.</summary>
    internal async Task<IReadOnlyList<CauseFacts>> RankAsync(CauseSearch search, CancellationToken cancellation)
    {
        var found = new List<CauseFacts>();
        foreach (var kind in _kinds)
            found.AddRange(await kind.FindAsync(search, cancellation));
        return [.. found.OrderByDescending(cause => cause.Score)];
    }

    /// <summary>A stored cause with its words and its page.</summary>
    internal IncidentCause Describe(CauseFacts cause, string model)
    {
        var kind = Find(cause.Kind);
        return new IncidentCause(
            cause.Kind,
            cause.Subject,
            cause.Score,
            kind?.Words(cause) ?? cause.Words ?? "",
            kind?.Path(cause, model) ?? cause.Path ?? Registry.Web.Links.Model(model)
        )
        {
            Change = kind?.ChangeOf(cause),
        };
    }
}
