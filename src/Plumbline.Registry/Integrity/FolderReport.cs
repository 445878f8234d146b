namespace Plumbline.Registry.Integrity;

/// <summary>What a check looked at and what it found.</summary>
public sealed class FolderReport
{
    private readonly List<string> _lines = [];
    private readonly List<string> _problems = [];
    private readonly List<string> _done = [];

    /// <summary>What was looked at, one line each.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>What is wrong, and was not mended.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What was mended or changed.</summary>
    public IReadOnlyList<string> Done => _done;

    internal void Looked(string line) => _lines.Add(line);

    internal void Problem(string problem) => _problems.Add(problem);

    internal void Did(string what) => _done.Add(what);
}
