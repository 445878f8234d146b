using System.Runtime.InteropServices;

namespace Plumbline.Store;

/// <summary>
/// Two things that .NET does not offer of the process on Linux and macOS. On Windows, where there is no engine, they do nothing.
/// </summary>
public static partial class UnixProcess
{
    private const uint OthersMask = 0b000_111_111;

    /// <summary>
    /// From now on, what this process creates is its user's alone: folders 0700, files 0600. Set for the whole process, because the engine
    /// and SQLite create files by themselves and ask nobody.
    /// </summary>
    public static void KeepNewFilesPrivate()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetMask(OthersMask);
    }

    /// <summary>
    /// Ends the process at once, when everything of ours is closed. The engine's library takes itself apart when a process exits the usual
    /// way, while threads of its own still run; with a clock that was moved that ended in a segmentation fault after all was stored. What
    /// it has on the disk needs no taking apart: it is whole after SIGKILL, too.
    /// </summary>
    /// <param name="exitCode">0..255.</param>
    public static void Leave(int exitCode)
    {
        if (!OperatingSystem.IsWindows())
            ExitNow(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int exitCode);
}
