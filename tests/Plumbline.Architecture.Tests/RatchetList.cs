using System.Globalization;

namespace Plumbline.Architecture.Tests;

/// <summary>
/// A list of what is too large, with its size: nothing comes to it, nothing on it grows, and what was mended must leave it.
/// </summary>
/// <param name="file">The list in the repository: a size, a tab and a name per line; lines that begin with # are comments.</param>
internal sealed class RatchetList(string file)
{
    /// <summary>Fails with all that differs from the list, and what to do about each.</summary>
    public void Check(IEnumerable<(string Name, int Size)> measured)
    {
        var differences = Differences(measured);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private List<string> Differences(IEnumerable<(string Name, int Size)> measured)
    {
        var listed = Repository
            .Lines(file)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[1], parts => int.Parse(parts[0], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var found = measured.ToDictionary(entry => entry.Name, entry => entry.Size, StringComparer.Ordinal);
        var grown = found
            .Where(entry => !listed.TryGetValue(entry.Key, out var size) || entry.Value > size)
            .Select(entry => $"{entry.Value}\t{entry.Key}: too large; mend it");
        var mended = listed
            .Where(entry => !found.TryGetValue(entry.Key, out var size) || size < entry.Value)
            .Select(entry => $"{entry.Value}\t{entry.Key}: shrank; correct {file}");
        return [.. grown, .. mended];
    }
}
