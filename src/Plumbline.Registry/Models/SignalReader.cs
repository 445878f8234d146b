using System.Collections.Immutable;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>Reads the declared business signals; those that were only seen are kept.</summary>
internal static class SignalReader
{
    public static ImmutableArray<SignalDefinition> Read(ModelSpecification specification, ModelDefinition? current, List<FieldError> errors)
    {
        var signals = (specification.Signals ?? ImmutableDictionary<string, SignalSpecification>.Empty)
            .Select(signal => Read(signal.Key, signal.Value ?? new SignalSpecification(), errors))
            .ToList();
        if (signals.Count > ModelLimits.MaxSignals)
            errors.Add(new("signals", $"At most {ModelLimits.MaxSignals} signals."));
        var seen = (current?.Signals ?? [])
            .Where(known => signals.TrueForAll(signal => signal.Name != known.Name))
            .Select(known => known.Declared ? SignalDefinition.Seen(known.Name) : known);
        return [.. signals.Concat(seen).Take(ModelLimits.MaxSignals)];
    }

    private static SignalDefinition Read(string name, SignalSpecification declared, List<FieldError> errors)
    {
        var field = $"signals.{Problems.Shorten(name)}";
        if (ModelNames.CheckLabel("signal", name) is { } reason)
            errors.Add(new(field, reason));
        SignalKind? kind = declared.Kind switch
        {
            "rate" => SignalKind.Rate,
            "mean" => SignalKind.Mean,
            "sum" => SignalKind.Sum,
            "duration" => SignalKind.Duration,
            _ => null,
        };
        if (kind is null)
            errors.Add(new($"{field}.kind", "Needed: \"rate\", \"mean\", \"sum\" or \"duration\"."));
        if (declared.Good is not (null or "up" or "down"))
            errors.Add(new($"{field}.good", "\"up\" or \"down\": which way is good. Leave it out when neither is."));
        if (declared.Unit?.Length > ModelLimits.MaxNameLength)
            errors.Add(new($"{field}.unit", $"At most {ModelLimits.MaxNameLength} characters."));
        var window = declared.AttributionWindow ?? SignalDefinition.DefaultAttributionWindow;
        if (window <= TimeSpan.Zero || window > SignalDefinition.MaxAttributionWindow)
            errors.Add(new($"{field}.attribution_window", "More than 0, at most 90d."));
        return new SignalDefinition(
            name,
            kind ?? SignalKind.Rate,
            declared.Good switch
            {
                "up" => true,
                "down" => false,
                _ => null,
            },
            declared.Unit ?? "",
            window,
            Declared: true
        );
    }
}
