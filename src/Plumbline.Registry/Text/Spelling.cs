namespace Plumbline.Registry.Text;

/// <summary>Finds what the user probably meant.</summary>
public static class Spelling
{
    /// <summary>
    /// The candidate nearest to <paramref name="word"/>, or null when none is near (more than a third of its letters differ; two may, but
    /// never all).
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var allowed = Math.Min(Math.Max(2, word.Length / 3), word.Length - 1);
        return candidates
            .Select(candidate => (candidate, distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.distance <= allowed)
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>" Did you mean 'x'?" or nothing.</summary>
    public static string Suggestion(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } near ? $" Did you mean '{near}'?" : "";

    // Levenshtein 1966, two rows.
    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        var current = new int[right.Length + 1];
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
