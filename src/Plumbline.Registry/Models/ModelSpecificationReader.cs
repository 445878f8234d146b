using System.Collections.Immutable;
using Plumbline.Events;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>Turns a specification into a definition, or into the list of everything wrong with it (field and reason).</summary>
public static class ModelSpecificationReader
{
    /// <summary>
    /// Applies <paramref name="specification"/> to <paramref name="current"/> (null for a new model). Features that are stored are kept: a
    /// column does not vanish by leaving it out. One that is declared with another type than it is stored with keeps its column here; see
    /// <see cref="Retypes"/>.
    /// </summary>
    public static (ModelDefinition? Definition, IReadOnlyList<FieldError> Errors) Read(
        string name,
        ModelSpecification specification,
        ModelDefinition? current
    )
    {
        var errors = new List<FieldError>();
        var task = ReadTask(specification, current, errors);
        var form = ClassReader.FormOf(specification, task, current);
        var classes = ClassReader.Read(specification, task, form, errors);
        var positive = specification.PositiveClass is { } written ? ClassNames.Canonical(written, form) : null;
        var features = ReadFeatures(specification, current, errors);
        var segments = ReadSegments(specification, features, errors);
        var window = ReadWindow(specification, current, errors);
        var lateness = specification.AllowedLateness ?? TimeSpan.FromMinutes(10);
        if (lateness > TimeSpan.FromDays(7))
            errors.Add(new("allowed_lateness", "At most 7d: later events still count, they reopen their windows."));
        var cost = CostReader.Read(specification.Cost, task, classes, form, features, errors);
        var budget = ReadBudget(specification, errors);
        CheckRetention(specification.Retention, errors);
        var signals = SignalReader.Read(specification, current, errors);
        var crosses = ReadCrosses(specification, segments, errors);
        var slices = SliceReader.Read(specification, segments, features, errors);
        if (errors.Count > 0)
            return (null, errors);
        // What is not declared stays as it is stored.
        var stored = current ?? NothingStored(name, task, window);
        return (
            new ModelDefinition
            {
                Id = stored.Id,
                Name = name,
                Task = task,
                PositiveClass = positive ?? (task == ModelTask.Binary ? stored.PositiveClass : null),
                Classes = classes.IsEmpty ? stored.Classes : classes,
                ClassBins = stored.ClassBins,
                DeclaredClasses = classes.IsEmpty ? stored.DeclaredClasses : classes,
                Features = [.. features.Select(feature => AsStored(feature, stored))],
                NextOrdinal = stored.NextOrdinal,
                DroppedFeatures = stored.DroppedFeatures.RemoveAll(dropped => features.Any(feature => feature.Name == dropped)),
                Segments = segments,
                Window = stored.Window,
                AllowedLateness = lateness,
                LabelDelay = specification.LabelDelay,
                Cost = cost,
                Signals = signals,
                Crosses = crosses,
                Slices = slices,
                FalseAlarmBudget = budget,
                PredictionRetention = specification.Retention?.Predictions,
                ProfileRetention = specification.Retention?.Profiles,
            },
            errors
        );
    }

    /// <summary>Features that a valid specification gives another type than the model stores them with.</summary>
    public static IReadOnlyList<(string Feature, FeatureType Type)> Retypes(ModelSpecification specification, ModelDefinition stored) =>
        [
            .. (specification.Features ?? ImmutableDictionary<string, FeatureSpecification>.Empty)
                .Select(declared => (Feature: declared.Key, Type: TypeOf(declared.Value)))
                .Where(declared => declared.Type is { } type && stored.FindFeature(declared.Feature) is { } feature && feature.Type != type)
                .Select(declared => (declared.Feature, declared.Type!.Value)),
        ];

    /// <summary>A type as it is declared; null when it is none.</summary>
    public static FeatureType? TypeOf(FeatureSpecification? declared) =>
        Enum.TryParse<FeatureType>(declared?.Type, ignoreCase: true, out var type)
        && Enum.IsDefined(type)
        && !char.IsAsciiDigit(declared!.Type![0])
            ? type
            : null;

    private static TimeSpan ReadWindow(ModelSpecification specification, ModelDefinition? current, List<FieldError> errors)
    {
        var window = specification.Window ?? TimeSpan.FromHours(1);
        if (window < TimeSpan.FromMinutes(1) || window > TimeSpan.FromDays(1) || TimeSpan.TicksPerDay % window.Ticks != 0)
        {
            errors.Add(new("window", "A window lasts 1 minute to 1 day and divides a day evenly, for example \"15m\", \"1h\" or \"1d\"."));
        }
        else if (current is not null && current.Window != window && specification.Window is not null)
        {
            errors.Add(
                new(
                    "window",
                    $"The window of a model with history stays {DurationText.Format(current.Window)}; delete the model to change it."
                )
            );
        }

        return window;
    }

    private static void CheckRetention(RetentionSpecification? retention, List<FieldError> errors)
    {
        if (retention?.Predictions < ModelLimits.MinRetention || retention?.Profiles < ModelLimits.MinRetention)
        {
            errors.Add(
                new("retention", $"At least {DurationText.Format(ModelLimits.MinRetention)}: whole months are deleted once they are older.")
            );
        }

        if (retention?.Profiles < retention?.Predictions)
        {
            errors.Add(
                new(
                    "retention.profiles",
                    "At least as long as predictions: what was computed of them would come back with their next correction."
                )
            );
        }
    }

    private static ModelDefinition NothingStored(string name, ModelTask task, TimeSpan window) =>
        new()
        {
            Id = 0,
            Name = name,
            Task = task,
            Window = window,
        };

    private static FeatureDefinition AsStored(FeatureDefinition feature, ModelDefinition stored) =>
        stored.FindFeature(feature.Name) is { } known ? feature with { Type = known.Type } : feature;

    private static ModelTask ReadTask(ModelSpecification specification, ModelDefinition? current, List<FieldError> errors)
    {
        ModelTask? task = specification.Task switch
        {
            "binary" => ModelTask.Binary,
            "multiclass" => ModelTask.Multiclass,
            "regression" => ModelTask.Regression,
            _ => null,
        };
        if (task is null)
        {
            errors.Add(new("task", "Needed: \"binary\", \"multiclass\" or \"regression\"."));
        }
        else if (current is not null && current.Task != task)
        {
            errors.Add(
                new("task", $"The model is {current.Task.ToString().ToLowerInvariant()} and has history; delete it or use another name.")
            );
        }

        return task ?? ModelTask.Binary;
    }

    private static ImmutableArray<FeatureDefinition> ReadFeatures(
        ModelSpecification specification,
        ModelDefinition? current,
        List<FieldError> errors
    )
    {
        var features = (current?.Features ?? []).Select(feature => feature with { Declared = false }).ToList();
        var positions = features
            .Select((feature, at) => (feature.Name, at))
            .ToDictionary(known => known.Name, known => known.at, StringComparer.Ordinal);
        var next = current?.NextOrdinal ?? 0;
        foreach (var (name, declared) in specification.Features ?? ImmutableDictionary<string, FeatureSpecification>.Empty)
        {
            var field = $"features.{Problems.Shorten(name)}";
            if (ModelNames.CheckFeature(name) is { } reason)
            {
                errors.Add(new(field, reason));
                continue;
            }

            if (TypeOf(declared) is not { } type)
            {
                errors.Add(new($"{field}.type", "Needed: \"numeric\", \"categorical\", \"boolean\" or \"text\"."));
                continue;
            }

            // A declared type is no guess any more.
            if (positions.TryGetValue(name, out var at))
            {
                features[at] = features[at] with
                {
                    Type = type,
                    Unit = declared.Unit,
                    Declared = true,
                    Provisional = false,
                    Private = declared.Private ?? features[at].Private,
                };
            }
            else
            {
                features.Add(new FeatureDefinition(next++, name, type, declared.Unit, Declared: true, Private: declared.Private ?? false));
            }
        }

        if (features.Count > ModelLimits.MaxFeatures)
            errors.Add(new("features", $"At most {ModelLimits.MaxFeatures} features per model; this would be {features.Count}."));
        return [.. features];
    }

    private static ImmutableArray<string> ReadSegments(
        ModelSpecification specification,
        ImmutableArray<FeatureDefinition> features,
        List<FieldError> errors
    )
    {
        var segments = specification.Segments?.ToImmutableArray() ?? [];
        if (segments.Length > ModelLimits.MaxSegments)
            errors.Add(new("segments", $"At most {ModelLimits.MaxSegments} segment dimensions."));
        if (segments.Distinct(StringComparer.Ordinal).Count() != segments.Length)
            errors.Add(new("segments", "A segment is named twice."));
        foreach (var segment in segments)
        {
            if ((segment is null ? "A segment is the name of a feature." : ModelNames.CheckFeature(segment)) is { } reason)
            {
                errors.Add(new("segments", reason));
                continue;
            }

            var feature = features.FirstOrDefault(candidate => candidate.Name == segment);
            // A segment may be declared before its feature was seen; then its type is checked when the feature arrives.
            if (feature is { Type: not (FeatureType.Categorical or FeatureType.Boolean) })
            {
                errors.Add(
                    new(
                        "segments",
                        $"'{Problems.Shorten(segment!)}' is {feature.Type.ToString().ToLowerInvariant()}; "
                            + "a segment is a categorical or boolean feature."
                    )
                );
            }
        }

        return segments;
    }

    private static ImmutableArray<SegmentCross> ReadCrosses(
        ModelSpecification specification,
        ImmutableArray<string> segments,
        List<FieldError> errors
    )
    {
        var crosses = new List<SegmentCross>();
        foreach (var pair in specification.Crosses ?? [])
        {
            if (pair is not [{ } first, { } second] || first == second || !segments.Contains(first) || !segments.Contains(second))
            {
                errors.Add(new("crosses", "A cross names two different segments of the model, for example [\"country\",\"plan\"]."));
            }
            else if (
                crosses.Exists(known =>
                    (known.First == first && known.Second == second) || (known.First == second && known.Second == first)
                )
            )
            {
                errors.Add(new("crosses", $"The cross of '{Problems.Shorten(first)}' and '{Problems.Shorten(second)}' is there twice."));
            }
            else
            {
                crosses.Add(new SegmentCross(first, second));
            }
        }

        if (crosses.Count > ModelLimits.MaxCrosses)
            errors.Add(new("crosses", $"At most {ModelLimits.MaxCrosses} crosses."));
        return [.. crosses];
    }

    private static FalseAlarmBudget? ReadBudget(ModelSpecification specification, List<FieldError> errors)
    {
        if (specification.FalseAlarmBudget is not { } wanted)
            return null;
        if (wanted.Alarms is not (> 0 and <= 1e6))
            errors.Add(new("false_alarm_budget.alarms", "More than 0, at most 1e6."));
        return new(wanted.Alarms, wanted.Per ?? TimeSpan.FromDays(30));
    }
}
