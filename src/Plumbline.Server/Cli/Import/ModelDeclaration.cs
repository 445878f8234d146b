using System.Text.Json.Nodes;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli.Import;

/// <summary>The model as it will be after the import: what the files say, on top of what the server knows already.</summary>
public sealed record ModelDeclaration
{
    public required string Task { get; init; }

    /// <summary>Features of the files with the types that count: the server's where it has the feature already.</summary>
    public required IReadOnlyList<(string Name, string Type)> Features { get; init; }

    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>The body of <c>PUT /v1/models/{model}</c>; null when the server's model needs no change.</summary>
    public required JsonObject? Body { get; init; }

    public static ModelDeclaration Make(
        ImportSettings settings,
        FileSurvey? reference,
        FileSurvey? predictions,
        FileSurvey? groundTruth,
        JsonObject? known
    )
    {
        var knownTask = known?["task"]?.ToString();
        if (knownTask is not null && settings.Task is not null && settings.Task != knownTask)
            throw new CommandLineException(ExitCode.Usage, $"the server's model '{settings.Model}' is {knownTask}, not {settings.Task}");
        var told = settings with
        {
            Task = settings.Task ?? knownTask,
            PositiveClass = settings.PositiveClass ?? known?["positive_class"]?.ToString(),
        };
        var plan = ImportPlan.Make(told, reference, predictions, groundTruth);
        if (known is null)
        {
            return new ModelDeclaration
            {
                Task = plan.Task,
                Features = plan.Features,
                Remarks = plan.Remarks,
                Body = plan.ModelBody(told),
            };
        }

        return OnTopOf(known, settings, plan);
    }

    // Classes that only traffic named are not to be declared by an import.
    private static void KeepDeclaredClasses(JsonObject body)
    {
        var seen = (body["undeclared_classes"] as JsonArray ?? []).Select(name => name?.ToString()).ToHashSet(StringComparer.Ordinal);
        body.Remove("undeclared_classes");
        var declared = (body["classes"] as JsonArray ?? []).Select(name => name?.ToString()).Where(name => !seen.Contains(name)).ToArray();
        body.Remove("classes");
        if (declared.Length > 0)
            body["classes"] = new JsonArray([.. declared.Select(name => (JsonNode?)name)]);
    }

    // PUT replaces the declaration: what is already declared and not told otherwise is sent along, or it would be lost.
    private static ModelDeclaration OnTopOf(JsonObject known, ImportSettings settings, ImportPlan plan)
    {
        var body = (JsonObject)known.DeepClone();
        body.Remove("name");
        body.Remove("versions");
        KeepDeclaredClasses(body);
        var declared = body["features"] as JsonObject ?? [];
        foreach (var part in declared.Concat(body["signals"] as JsonObject ?? []))
            (part.Value as JsonObject)?.Remove("declared");
        var features = new KnownFeatures(declared, settings);
        foreach (var (name, type) in plan.Features)
            features.Add(name, type);
        var changes = Changes(body, plan.ModelBody(settings)).ToList();
        foreach (var (key, value) in changes)
            body[key] = value;
        body["features"] = declared.Parent is null ? declared : declared.DeepClone();
        return new ModelDeclaration
        {
            Task = plan.Task,
            Features = features.All,
            Remarks = [.. plan.Remarks, .. features.Remarks],
            Body = features.Changed || changes.Count > 0 ? body : null,
        };
    }

    // What the import tells beside features, where the server does not have it so already.
    private static IEnumerable<(string Key, JsonNode Value)> Changes(JsonObject body, JsonObject told) =>
        from entry in told
        where entry.Value is not null && entry.Key is not ("features" or "task") && !JsonNode.DeepEquals(body[entry.Key], entry.Value)
        select (entry.Key, entry.Value!.DeepClone());

    /// <summary>The features of the files beside those that the server has, whose types stay unless somebody said otherwise.</summary>
    private sealed class KnownFeatures(JsonObject declared, ImportSettings settings)
    {
        public List<(string Name, string Type)> All { get; } = [];

        public List<string> Remarks { get; } = [];

        /// <summary>Whether something was declared that the server did not have, or not so.</summary>
        public bool Changed { get; private set; }

        public void Add(string name, string type)
        {
            var stored = (declared[name] as JsonObject)?["type"]?.ToString();
            if (stored is null)
            {
                declared[name] = new JsonObject { ["type"] = type };
                Changed = true;
            }
            else if (stored != type && IsToChange(name, stored))
            {
                Remarks.Add(
                    $"feature '{name}' was {stored} and becomes {type}: what is stored is converted, and its windows are computed again"
                );
                declared[name]!["type"] = type;
                Changed = true;
            }
            else if (stored != type)
            {
                Remarks.Add($"column '{name}' looks {type}; the server keeps it as {stored} (give --{type} {name} to change it)");
                type = stored;
            }

            All.Add((name, type));
        }

        // A segment is taken for a category; a boolean one is a good segment too.
        private bool IsToChange(string name, string stored) =>
            settings.FeatureTypes.ContainsKey(name) && !(stored == "boolean" && settings.Segments.Contains(name, StringComparer.Ordinal));
    }
}
