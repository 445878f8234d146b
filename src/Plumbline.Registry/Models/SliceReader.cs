using System.Collections.Immutable;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>Reads the slices of a declaration.</summary>
internal static class SliceReader
{
    public static ImmutableArray<WatchedSlice> Read(
        ModelSpecification specification,
        ImmutableArray<string> segments,
        ImmutableArray<FeatureDefinition> features,
        List<FieldError> errors
    )
    {
        var slices = new List<WatchedSlice>();
        foreach (var (declared, place) in (specification.Slices ?? []).Select((declared, place) => (declared, place)))
        {
            var field = $"slices[{place}]";
            var wrong = errors.Count;
            if ((declared is null ? "A slice has a name and conditions." : CheckName(declared.Name)) is { } reason)
            {
                errors.Add(new($"{field}.name", reason));
                continue;
            }

            var (name, where) = (declared!.Name!, declared.Where ?? []);
            if (slices.Exists(slice => slice.Name == name))
                errors.Add(new($"{field}.name", $"'{Problems.Shorten(name)}' is there twice."));
            if (where.Count is 0 or > WatchedSlice.MaxConditions)
            {
                errors.Add(
                    new(
                        $"{field}.where",
                        $"1 to {WatchedSlice.MaxConditions} conditions, for example [{{\"feature\":\"amount\",\"from\":70}}]."
                    )
                );
            }

            foreach (var condition in where)
            {
                if (Check(condition, features) is { } trouble)
                    errors.Add(new($"{field}.where", trouble));
            }

            if (errors.Count == wrong)
            {
                slices.Add(
                    new WatchedSlice(
                        name,
                        [
                            .. where.Select(condition => new SliceCondition(
                                condition.Feature!,
                                condition.Is,
                                condition.From,
                                condition.To,
                                condition.Missing ?? false
                            )),
                        ]
                    )
                );
            }
        }

        if (slices.Count > ModelLimits.MaxSlices)
            errors.Add(new("slices", $"At most {ModelLimits.MaxSlices} slices."));
        if (slices.Count > 0 && segments.Contains(WatchedSlice.Dimension))
        {
            errors.Add(
                new(
                    "slices",
                    $"The segment '{WatchedSlice.Dimension}' has the name of the slices' own dimension; a model has one or the other."
                )
            );
        }

        return [.. slices];
    }

    private static string? CheckName(string? name) =>
        ModelNames.CheckLabel("slice", name ?? "") ?? (name!.Contains('=', StringComparison.Ordinal) ? "A slice's name has no '='." : null);

    private static string? Check(SliceConditionSpecification? condition, ImmutableArray<FeatureDefinition> features)
    {
        if (condition?.Feature is null)
            return "A condition names a feature, for example {\"feature\":\"country\",\"is\":\"BR\"}.";
        if (ModelNames.CheckFeature(condition.Feature) is { } reason)
            return reason;
        var name = Problems.Shorten(condition.Feature);
        var interval = condition.From is not null || condition.To is not null;
        if ((condition.Is is null ? 0 : 1) + (interval ? 1 : 0) + (condition.Missing == true ? 1 : 0) != 1)
            return $"The condition on '{name}' has one of: is, from and to, missing.";
        if (condition is { From: { } from, To: { } to } && !(from < to))
            return $"The condition on '{name}': from is below to.";
        // A slice may be declared before its features were seen; a condition that then does not fit holds for no row.
        return features.FirstOrDefault(feature => feature.Name == condition.Feature)?.Type switch
        {
            FeatureType.Numeric or FeatureType.Text when condition.Is is not null =>
                $"'{name}' is a number or a text: it takes from and to (of a text: of its length), or missing.",
            FeatureType.Categorical or FeatureType.Boolean when interval => $"'{name}' is categorical or boolean: it takes is, or missing.",
            FeatureType.Boolean when condition.Is is not (null or "true" or "false") =>
                $"'{name}' is boolean: is takes \"true\" or \"false\".",
            _ => null,
        };
    }
}
