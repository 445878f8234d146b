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
        var remarks = new List<string>(plan.Remarks);
        var features = new List<(string Name, string Type)>();
        var body = (JsonObject)known.DeepClone();
        body.Remove("name");
        body.Remove("versions");
        KeepDeclaredClasses(body);
        var declared = body["features"] as JsonObject ?? [];
        foreach (var part in declared.Concat(body["signals"] as JsonObject ?? []))
            (part.Value as JsonObject)?.Remove("declared");
        var changed = false;
        foreach (var (name, type) in plan.Features)
        {
            var stored = (declared[name] as JsonObject)?["type"]?.ToString();
            // A segment is taken for a category; a boolean one is a good segment too.
            if (
                stored is not null
                && stored != type
                && settings.FeatureTypes.ContainsKey(name)
                && !(stored == "boolean" && settings.Segments.Contains(name, StringComparer.Ordinal))
            )
            {
                remarks.Add(
                    $"feature '{name}' was {stored} and becomes {type}: what is stored is converted, and its windows are computed again"
                );
                declared[name]!["type"] = type;
                features.Add((name, type));
                changed = true;
                continue;
            }

            if (stored is not null && stored != type)
                remarks.Add($"column '{name}' looks {type}; the server keeps it as {stored} (give --{type} {name} to change it)");
            features.Add((name, stored ?? type));
            if (stored is not null)
                continue;
            declared[name] = new JsonObject { ["type"] = type };
            changed = true;
        }

        foreach (var (key, value) in plan.ModelBody(settings))
        {
            if (value is null || key is "features" or "task" || (body[key] is { } present && JsonNode.DeepEquals(present, value)))
                continue;
            body[key] = value.DeepClone();
            changed = true;
        }

        body["features"] = declared.Parent is null ? declared : declared.DeepClone();
        return new ModelDeclaration
        {
            Task = plan.Task,
            Features = features,
            Remarks = remarks,
            Body = changed ? body : null,
        };
    }
}
