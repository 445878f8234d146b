using Plumbline.Store;

namespace Plumbline.Server.Hosting;

/// <summary>
/// The data folder belongs to its user alone: it holds what people were predicted, and the keys that protect receivers' secrets.
/// </summary>
internal static class DataFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Creates the folder, or closes one that others can enter, with everything in it (one written by an earlier version). Gives the reason
    /// why it could not be closed.
    /// </summary>
    public static string? Prepare(string path)
    {
        UnixProcess.KeepNewFilesPrivate();
        var folder = Directory.CreateDirectory(path);
        if (OperatingSystem.IsWindows() || folder.UnixFileMode == (folder.UnixFileMode & Private))
            return null;
        try
        {
            // The folder first: from then on nobody else gets in, however long the rest takes.
            folder.UnixFileMode = Private;
            foreach (
                var entry in folder.EnumerateFileSystemInfos(
                    "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
                )
            )
            {
                entry.UnixFileMode = entry is DirectoryInfo ? Private : PrivateFile;
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{folder.FullName} can be entered by others and could not be closed to them ({error.Message}); "
                + "it belongs to another user or its file system knows no permissions.";
        }
    }
}
