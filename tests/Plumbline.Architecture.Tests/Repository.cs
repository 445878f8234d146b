using System.Reflection;

namespace Plumbline.Architecture.Tests;

/// <summary>The checkout that this test was built from.</summary>
public static class Repository
{
    private static readonly string[] Generated = ["bin", "obj", "node_modules", "artifacts", "TestResults", ".git", "lib"];

    /// <summary>Folder of the solution file.</summary>
    public static string Root { get; } = Find();

    /// <summary>Files that people wrote, as paths relative to the root with forward slashes.</summary>
    public static IEnumerable<string> Files(params string[] extensions) =>
        Walk(Root)
            .Where(file => extensions.Contains(Path.GetExtension(file), StringComparer.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>The lines of a file given relative to the root.</summary>
    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
            yield return file;
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (Generated.Contains(Path.GetFileName(child), StringComparer.Ordinal))
                continue;
            foreach (var file in Walk(child))
                yield return file;
        }
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Plumbline.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Plumbline.slnx is not above the test.");
    }
}
