using System.Text.Json;

namespace Plumbline.Dashboard.Demo;

/// <summary>One thing that happens in the demonstration's history. <paramref name="To"/> is null while it goes on.</summary>
public sealed record DemoChapter(string Kind, string Title, string Look, DateTimeOffset From, DateTimeOffset? To);

/// <summary>
/// What a data folder of the demonstration tells, kept in its <c>demo.json</c>: enough to go on with the same scenario after a restart, and
/// the mark by which a server knows that the folder holds generated data.
/// </summary>
public sealed record DemoScenario
{
    public const string FileName = "demo.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public required long Seed { get; init; }
    public required int Days { get; init; }

    /// <summary>The end of the history that the chapters lie in.</summary>
    public required DateTimeOffset Anchor { get; init; }

    /// <summary>Everything before this has been posted; null: nothing yet.</summary>
    public DateTimeOffset? Reached { get; init; }
    public IReadOnlyList<DemoChapter> Chapters { get; init; } = [];

    /// <summary>The scenario of a folder; null when it has none.</summary>
    /// <exception cref="InvalidDataException">The file is there but cannot be understood.</exception>
    public static DemoScenario? Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<DemoScenario>(File.ReadAllText(file), Json) ?? throw new JsonException("null");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException(
                $"{file} is not a scenario of the demonstration: {wrong.Message} Remove the folder, or choose another with --data.",
                wrong
            );
        }
    }

    /// <summary>Replaces the folder's file in one step: a crash leaves the old or the new one.</summary>
    public void Write(string folder)
    {
        var (file, draft) = (Path.Combine(folder, FileName), Path.Combine(folder, FileName + ".new"));
        File.WriteAllText(draft, JsonSerializer.Serialize(this, Json));
        File.Move(draft, file, overwrite: true);
    }
}
