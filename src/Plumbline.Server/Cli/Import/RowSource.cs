using System.IO.Compression;
using System.Text;

namespace Plumbline.Server.Cli.Import;

/// <summary>What is known about one value of a file before a column type is chosen.</summary>
public enum CellKind
{
    /// <summary>Nothing there: an empty CSV field, a JSON null, an absent key.</summary>
    Missing,

    /// <summary>Written in a format without types (CSV).</summary>
    Untyped,

    Text,
    Number,
    Boolean,
}

/// <summary>One value of a file. <paramref name="Text"/> is what the file says, unchanged.</summary>
public readonly record struct Cell(CellKind Kind, string Text)
{
    public static Cell Missing => new(CellKind.Missing, "");
}

/// <summary>A file read row by row, forwards, without holding it.</summary>
public abstract class RowSource : IDisposable
{
    private const int FileBufferBytes = 1 << 16;

    /// <summary>UTF-8 that refuses bytes which are none, where the usual one puts a sign in their place.</summary>
    protected static Encoding StrictUtf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The columns seen so far; a format that names its columns in each row may add more while reading.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Where the current row starts: the line of a text file, the row of a Parquet file; from 1.</summary>
    public abstract long Line { get; }

    /// <summary>Why the current row cannot be used, or null.</summary>
    public abstract string? Fault { get; }

    /// <summary>The current row's value of a column.</summary>
    public abstract Cell this[int column] { get; }

    /// <summary>Goes to the next row; false at the end. A broken row is a row with a <see cref="Fault"/>.</summary>
    public abstract bool Read();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The ordinal of a column, or -1.</summary>
    public int IndexOf(string column)
    {
        for (var index = 0; index < Columns.Count; index++)
        {
            if (Columns[index] == column)
                return index;
        }

        return -1;
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>Opens a file; gzip is recognised by its first two bytes, whatever the name says.</summary>
    internal static Stream OpenFile(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileBufferBytes, FileOptions.SequentialScan);
        try
        {
            var gzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return gzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
