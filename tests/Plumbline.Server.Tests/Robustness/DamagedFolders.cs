using System.Net.Http.Json;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>Data folders of real processes that ended in order: one at two moments, and another one. Tests damage copies.</summary>
public sealed class DamagedFolders : IAsyncLifetime
{
    public const int Predictions = 500;

    private readonly string _root = Path.Combine(Path.GetTempPath(), $"plumbline-damage-{Guid.NewGuid():N}");
    private int _copies;

    /// <summary>With model `first`, from before <see cref="Now"/>.</summary>
    public string Earlier => Path.Combine(_root, "earlier");

    /// <summary>With models `first` and `second`.</summary>
    public string Now => Path.Combine(_root, "now");

    /// <summary>With model `other`.</summary>
    public string Other => Path.Combine(_root, "other");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_root);
        await FillAsync(Now, "first");
        Copy(Now, Earlier);
        await FillAsync(Now, "second");
        await FillAsync(Other, "other");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A copy of the folder of now, to be damaged.</summary>
    public string Fresh()
    {
        var folder = Path.Combine(_root, $"copy-{Interlocked.Increment(ref _copies)}");
        Copy(Now, folder);
        return folder;
    }

    /// <summary>Puts a part of another folder in the place of this one's.</summary>
    public static void Swap(string folder, string part, string from)
    {
        Remove(folder, part);
        foreach (var entry in Directory.GetFileSystemEntries(from, $"{part}*"))
        {
            var target = Path.Combine(folder, Path.GetFileName(entry));
            if (Directory.Exists(entry))
                Copy(entry, target);
            else
                File.Copy(entry, target);
        }
    }

    public static void Remove(string folder, string part)
    {
        foreach (var entry in Directory.GetFileSystemEntries(folder, $"{part}*"))
        {
            if (Directory.Exists(entry))
                Directory.Delete(entry, recursive: true);
            else
                File.Delete(entry);
        }
    }

    /// <summary>Overwrites bytes of a file with others.</summary>
    public static void Overwrite(string file, int from, int count)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = from;
        var garbage = new byte[count];
        new Random(7).NextBytes(garbage);
        stream.Write(garbage);
    }

    /// <summary>The folder of a model's predictions in the engine.</summary>
    public static string PredictionsOf(string folder, int model)
    {
        var definition = File.ReadAllText(Path.Combine(folder, "engine", "metadata", "default", $"predictions_{model}.sql"));
        var id = definition.Split("UUID '")[1].Split('\'')[0];
        return Path.Combine(folder, "engine", "store", id[..3], id);
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        using var process = PlumblineProcess.Start(arguments);
        var code = await process.EndAsync();
        return (code, process.Said);
    }

    /// <summary>Runs the server, lets <paramref name="use"/> talk with it, and ends it in order. Gives what it said.</summary>
    public static async Task<string> ServeAsync(string folder, Func<HttpClient, Task> use, params string[] further)
    {
        using var process = PlumblineProcess.Serve(folder, further);
        using (var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = await process.ReadyAsync() })
            await use(http);
        Assert.Equal(0, await process.StopAsync());
        return process.Said;
    }

    private static async Task FillAsync(string folder, string model) =>
        await ServeAsync(
            folder,
            async http =>
            {
                using (var created = await http.PutAsJsonAsync($"/v1/models/{model}", new { task = "binary" }))
                    created.EnsureSuccessStatusCode();
                var rows = Enumerable
                    .Range(0, Predictions)
                    .Select(i => new
                    {
                        prediction_id = $"{model}-{i}",
                        prediction = $"{i % 2}",
                        features = new { x = i },
                    });
                using (var posted = await http.PostAsJsonAsync($"/v1/models/{model}/predictions", rows))
                    posted.EnsureSuccessStatusCode();
                var labels = Enumerable.Range(0, 100).Select(i => new { prediction_id = $"{model}-{i}", value = $"{i % 2}" });
                using (var posted = await http.PostAsJsonAsync($"/v1/models/{model}/ground-truth", labels))
                    posted.EnsureSuccessStatusCode();
                for (var attempt = 0; ; attempt++)
                {
                    var progress = await http.GetFromJsonAsync<System.Text.Json.JsonElement>($"/v1/models/{model}/progress");
                    if (progress.GetProperty("stored").GetInt64() == Predictions + 100)
                        return;
                    Assert.True(attempt < 300, progress.ToString());
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
                }
            }
        );

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
                Directory.CreateSymbolicLink(target, link);
            else if (entry is FileInfo file)
                file.CopyTo(target);
            else
                Copy(entry.FullName, target);
        }
    }
}
