using System.Globalization;

namespace Plumbline.Server.Demo;

/// <summary>
/// The folder that a demonstration keeps its data in: the one that the user named, which stays, or a fresh one of its own under the
/// system's folder for temporary files, which goes with the process. What a killed demonstration left there goes at the next one's start.
/// </summary>
public sealed class DemoFolder : IDisposable
{
    private const string Prefix = "plumbline-demo-";
    private const string LockName = "demo.lock";

    private readonly FileStream? _lock;

    private DemoFolder(string path, FileStream? held) => (FullPath, _lock) = (path, held);

    public string FullPath { get; }

    /// <summary>False: the folder is the user's and outlives the process.</summary>
    public bool IsTemporary => _lock is not null;

    /// <param name="named">What the user said; null for a fresh folder.</param>
    /// <param name="under">Where fresh folders are made.</param>
    /// <param name="time">Names them.</param>
    public static DemoFolder Open(string? named, string under, TimeProvider time)
    {
        if (named is not null)
            return new DemoFolder(Directory.CreateDirectory(named).FullName, held: null);
        RemoveAbandoned(under);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{time.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}-{Guid.NewGuid():N}"
        );
        var path = Directory.CreateDirectory(Path.Combine(under, name)).FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new DemoFolder(path, new FileStream(Path.Combine(path, LockName), FileMode.Create, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>Lets go of the folder; a temporary one is deleted.</summary>
    public void Dispose()
    {
        if (_lock is null)
            return;
        _lock.Dispose();
        Delete(FullPath);
    }

    private static void RemoveAbandoned(string under)
    {
        foreach (var folder in Directory.EnumerateDirectories(under, Prefix + "*"))
        {
            try
            {
                // Whoever runs a demonstration holds this file; when it can be had, nobody does.
                using (new FileStream(Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }

                Delete(folder);
            }
            catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
            {
                // In use, another user's, or not a demonstration's: left alone.
            }
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
        {
            // The next demonstration tries again.
        }
    }
}
