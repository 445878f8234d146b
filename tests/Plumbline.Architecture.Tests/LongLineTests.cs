namespace Plumbline.Architecture.Tests;

/// <summary>
/// Lines of C# and Razor have 140 characters at most. The formatter sees to C#, but for texts and SQL, which it cannot break; those files
/// are on
/// a list that only shrinks, with how many such lines they have.
/// </summary>
public sealed class LongLineTests
{
    private const int Longest = 140;

    [Fact]
    public void Files_with_long_lines_are_listed_and_get_no_more_of_them() =>
        new RatchetList("tests/Plumbline.Architecture.Tests/long-lines.txt").Check(Measure());

    private static IEnumerable<(string File, int Lines)> Measure() =>
        Repository
            .Files(".cs", ".razor")
            .Select(file => (file, Repository.Lines(file).Count(line => line.Length > Longest)))
            .Where(found => found.Item2 > 0);
}
