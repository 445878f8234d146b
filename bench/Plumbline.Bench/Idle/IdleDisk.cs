namespace Plumbline.Bench.Idle;

/// <summary>
/// What a data folder holds, read from beside the server: the engine's tables and parts, all bytes, and those of the engine's own (system)
/// tables.
/// </summary>
internal sealed record IdleDisk(int Tables, int Parts, long Bytes, long SystemBytes)
{
    private static readonly string System = $"{Path.DirectorySeparatorChar}system{Path.DirectorySeparatorChar}";

    public static IdleDisk Read(string folder)
    {
        var (tables, parts, bytes, ownBytes) = (0, 0, 0L, 0L);
        // Parts come and go while this looks.
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", options))
        {
            try
            {
                bytes += file.Length;
                var isOwn = file.FullName.Contains(System, StringComparison.Ordinal);
                if (isOwn)
                    ownBytes += file.Length;
                if (file.Extension == ".sql" && !isOwn)
                    tables++;
                if (file.Name == "columns.txt")
                    parts++;
            }
            catch (FileNotFoundException)
            {
                // Merged away meanwhile.
            }
        }

        return new IdleDisk(tables, parts, bytes, ownBytes);
    }
}
