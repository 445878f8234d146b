using System.Globalization;
using Plumbline.Registry;

namespace Plumbline.Review.Datasets;

/// <summary>
/// Where the files of data sets are: <c>datasets/{model}/{data set}/{version}/{split}.parquet</c> under the data folder. All names are our
/// own numbers.
/// </summary>
public sealed class DatasetFiles(InstanceOptions instance)
{
    private const string Unfinished = ".unfinished";

    private string Root => Path.GetFullPath(Path.Combine(instance.DataDirectory, "datasets"));

    /// <summary>The folder of a version that is ready.</summary>
    public string FolderOf(int modelId, int datasetId, int number) => Path.Combine(Root, Text(modelId), Text(datasetId), Text(number));

    /// <summary>The file of a split; null where the version has no row in it.</summary>
    public string? Find(int modelId, int datasetId, int number, string split)
    {
        var path = Path.Combine(FolderOf(modelId, datasetId, number), split + ".parquet");
        return DatasetRecipe.Splits.Contains(split) && File.Exists(path) ? path : null;
    }

    /// <summary>A new folder for a version that is being written.</summary>
    internal string Begin(int modelId, int datasetId, int number)
    {
        var folder = FolderOf(modelId, datasetId, number) + Unfinished;
        Delete(folder);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Gives a written folder its name.</summary>
    internal void Complete(int modelId, int datasetId, int number)
    {
        var folder = FolderOf(modelId, datasetId, number);
        Delete(folder);
        Directory.Move(folder + Unfinished, folder);
    }

    internal void Discard(int modelId, int datasetId, int number)
    {
        var folder = FolderOf(modelId, datasetId, number);
        Delete(folder + Unfinished);
        Delete(folder);
    }

    internal void DeleteDataset(int modelId, int datasetId) => Delete(Path.Combine(Root, Text(modelId), Text(datasetId)));

    internal void DeleteModel(int modelId) => Delete(Path.Combine(Root, Text(modelId)));

    /// <summary>Deletes every folder of a version that is not among these.</summary>
    internal void DeleteAllBut(IReadOnlySet<(int Model, int Dataset, int Number)> ready)
    {
        if (!Directory.Exists(Root))
            return;
        foreach (var model in Directory.EnumerateDirectories(Root))
        {
            foreach (var version in Directory.EnumerateDirectories(model).SelectMany(Directory.EnumerateDirectories).ToList())
            {
                var isReady =
                    TryNumber(model, out var modelId)
                    && TryNumber(Path.GetDirectoryName(version)!, out var datasetId)
                    && TryNumber(version, out var number)
                    && ready.Contains((modelId, datasetId, number));
                if (!isReady)
                    Delete(version);
            }
        }
    }

    private static bool TryNumber(string folder, out int number) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
