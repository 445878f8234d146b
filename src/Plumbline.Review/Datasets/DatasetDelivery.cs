using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>
/// Writes a version to a declared place, as <c>{model}/{data set}/{number}/{split}.parquet</c> with <c>manifest.json</c> last: where that
/// is, the rest is complete.
/// </summary>
public sealed class DatasetDelivery(IColumnStore store, DatasetFiles files, DatasetDownloads downloads, DatasetsOptions options)
{
    private static readonly DatasetFormat Parquet = DatasetFormat.Find("parquet")!;

    /// <summary>Writes it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">A version that is ready.</param>
    /// <param name="destination">Name of the place.</param>
    /// <param name="withPrivate">True where an administrator asked for private columns.</param>
    /// <param name="cancellation">Stops between files.</param>
    /// <returns>Where it is.</returns>
    /// <exception cref="DatasetException">There is no such place, or it cannot be written to.</exception>
    public async Task<string> WriteAsync(
        ModelDefinition model,
        DatasetVersion version,
        string destination,
        bool withPrivate,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(version);
        if (options.Find(destination) is not { } place)
        {
            throw new DatasetException(
                "unknown_destination",
                $"No place of that name is in the configuration (datasets.destinations); there are: {string.Join(
                    ", ",
                    options.Destinations.Select(one => one.Name).DefaultIfEmpty("none")
                )}."
            );
        }

        var columns = DatasetDownloads.Columns(model, version, withPrivate);
        var path = string.Create(CultureInfo.InvariantCulture, $"{model.Name}/{version.Name}/{version.Number}");
        try
        {
            return place.Folder is { } folder
                ? await ToFolderAsync(model, version, columns, Path.Combine(folder, path), cancellation)
                : await ToBucketAsync(model, version, columns, (place, path), cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or EngineException)
        {
            throw new DatasetException("destination_failed", $"'{destination}' could not be written to: {Said(error.Message, place)}");
        }
    }

    private async Task<string> ToFolderAsync(
        ModelDefinition model,
        DatasetVersion version,
        IReadOnlyList<CardColumn> columns,
        string folder,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(folder);
        foreach (var (split, source) in Splits(model, version))
        {
            await using var rows = await downloads.WriteAsync(source, columns, Parquet, cancellation);
            await using var target = File.Create(Path.Combine(folder, split + ".parquet"));
            await rows.CopyToAsync(target, cancellation);
        }

        await File.WriteAllBytesAsync(
            Path.Combine(folder, "manifest.json"),
            await ManifestAsync(model, version, columns, cancellation),
            cancellation
        );
        return folder;
    }

    private async Task<string> ToBucketAsync(
        ModelDefinition model,
        DatasetVersion version,
        IReadOnlyList<CardColumn> columns,
        (DatasetDestination Place, string Path) to,
        CancellationToken cancellation
    )
    {
        var prefix = to.Place.Prefix?.Trim('/') is { Length: > 0 } given ? given + "/" : "";
        var address = $"{to.Place.Endpoint!.AbsoluteUri.TrimEnd('/')}/{to.Place.Bucket}/{prefix}{to.Path}";
        List<SqlParameter> key = [new("access_key", to.Place.AccessKey), new("secret_key", to.Place.Secret)];
        foreach (var (split, source) in Splits(model, version))
        {
            await store.ExecuteAsync(
                new SqlStatement(
                    $$"""
                    INSERT INTO FUNCTION s3({url:String}, {access_key:String}, {secret_key:String}, 'Parquet', {structure:String})
                    SELECT {{DatasetDownloads.Selected(columns)}} FROM file({input:String}, 'Parquet', {structure:String})
                    SETTINGS max_threads = 1, s3_truncate_on_insert = 1
                    """,
                    [
                        .. key,
                        .. DatasetDownloads.Names(columns),
                        new("url", $"{address}/{split}.parquet"),
                        new("structure", DatasetColumns.Structure(columns.Select(column => (column.Name, column.Type)))),
                        new("input", source),
                    ]
                ),
                cancellation
            );
        }

        var manifest = System.Text.Encoding.UTF8.GetString(await ManifestAsync(model, version, columns, cancellation));
        await store.ExecuteAsync(
            new SqlStatement(
                """
                INSERT INTO FUNCTION s3({url:String}, {access_key:String}, {secret_key:String}, 'RawBLOB', 'content String')
                SELECT {content:String} SETTINGS s3_truncate_on_insert = 1
                """,
                [.. key, new("url", $"{address}/manifest.json"), new("content", manifest)]
            ),
            cancellation
        );
        return $"s3://{to.Place.Bucket}/{prefix}{to.Path}/";
    }

    private IEnumerable<(string Split, string Path)> Splits(ModelDefinition model, DatasetVersion version) =>
        version.Card!.Splits.Keys.Select(split => (split, files.Find(model.Id, version.DatasetId, version.Number, split)!));

    // Files without private columns have other bytes: their hashes are not those of the stored ones.
    private static async Task<byte[]> ManifestAsync(
        ModelDefinition model,
        DatasetVersion version,
        IReadOnlyList<CardColumn> columns,
        CancellationToken cancellation
    )
    {
        using var buffer = new MemoryStream();
        var card = version.Card! with { Columns = columns };
        await DatasetManifest.WriteAsync(buffer, model, version, (version.ContentHash, card), [], cancellation);
        return buffer.ToArray();
    }

    private static string Said(string message, DatasetDestination place)
    {
        var start = message.LastIndexOf("DB::Exception: ", StringComparison.Ordinal);
        var text = start < 0 ? message : message[(start + "DB::Exception: ".Length)..];
        text = text.Length > 300 ? text[..300] : text;
        return place.Secret is { Length: > 0 } secret ? text.Replace(secret, "..", StringComparison.Ordinal) : text;
    }
}
