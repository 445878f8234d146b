using System.Text.RegularExpressions;

namespace Plumbline.Bench.Review;

/// <summary>Simple numbers of texts, for a model that reads none.</summary>
internal static partial class TextNumbers
{
    private const int MostWords = 100;
    private const int FewestTexts = 3;

    /// <summary>Length, digits, capitals, and whether each of the words is there that tell most in the training rows.</summary>
    /// <param name="texts">Of all rows.</param>
    /// <param name="targets">0 or 1 for each row; only those of the training rows are looked at.</param>
    /// <param name="training">Indices of the training rows.</param>
    public static IEnumerable<SetColumn> Of(string[] texts, double[] targets, int[] training)
    {
        List<HashSet<string>> words =
        [
            .. texts.Select(text => Word().Matches(text).Select(match => match.Value).ToHashSet(StringComparer.OrdinalIgnoreCase)),
        ];
        return (
            (SetColumn[])
                [
                    new("length", [.. texts.Select(text => (double)text.Length)], null),
                    new("digits", [.. texts.Select(text => (double)text.Count(char.IsAsciiDigit))], null),
                    new("capitals", [.. texts.Select(text => (double)text.Count(char.IsUpper))], null),
                ]
        ).Concat(
            Telling(words, targets, training)
                .Select(word => new SetColumn($"word {word}", [.. words.Select(text => text.Contains(word) ? 1.0 : 0)], null))
        );
    }

    // By the chi-square statistic of the word's presence and the class.
    private static IEnumerable<string> Telling(List<HashSet<string>> words, double[] targets, int[] training)
    {
        Dictionary<string, (double With, double Positive)> counts = new(StringComparer.OrdinalIgnoreCase);
        foreach (var row in training)
        {
            foreach (var word in words[row])
            {
                var (with, positive) = counts.GetValueOrDefault(word);
                counts[word] = (with + 1, positive + targets[row]);
            }
        }

        double all = training.Length;
        var positives = training.Sum(row => targets[row]);
        return counts
            .Where(pair => pair.Value.With >= FewestTexts && pair.Value.With < all)
            .OrderByDescending(pair =>
                Math.Pow((pair.Value.Positive * all) - (pair.Value.With * positives), 2) / (pair.Value.With * (all - pair.Value.With))
            )
            .ThenBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
            .Take(MostWords)
            .Select(pair => pair.Key);
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
