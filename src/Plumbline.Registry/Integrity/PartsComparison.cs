namespace Plumbline.Registry.Integrity;

/// <summary>
/// Whether the parts of a folder belong together. A start raises the generation in one part after the other and then confirms it in each;
/// facts are written only after that. So a part may be one generation behind after a crash in between, but never behind one that any part
/// has confirmed: then it was put back from a backup. A folder of versions without identities is taken as it is when its parts fit.
/// </summary>
public static class PartsComparison
{
    /// <summary>What is wrong; empty when the parts belong together, or when the folder is new.</summary>
    /// <param name="parts">The three parts.</param>
    public static IReadOnlyList<PartProblem> Compare(IReadOnlyList<PartFacts> parts)
    {
        var damaged = parts
            .Where(part => part.Damage is not null)
            .Select(part => new PartProblem(part.Part, PartTrouble.Damaged, part.Damage!))
            .ToList();
        var whole = parts.Where(part => part.Damage is null).ToList();
        var confirmed = whole.Select(part => part.Identity?.Confirmed ?? 0).DefaultIfEmpty(0).Max();
        return [.. damaged, .. confirmed > 0 ? Identified(whole, confirmed) : WithoutIdentity(whole)];
    }

    /// <summary>The id that most parts carry; null when there is none, or two that are carried by one part each.</summary>
    public static string? CommonId(IEnumerable<PartFacts> parts)
    {
        var ids = parts
            .Where(part => part is { Damage: null, Identity: not null })
            .GroupBy(part => part.Identity!.StoreId, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ToList();
        return ids.Count == 0 || (ids.Count > 1 && ids[0].Count() == ids[1].Count()) ? null : ids[0].Key;
    }

    private static IEnumerable<PartProblem> Identified(List<PartFacts> parts, long confirmed)
    {
        var common = CommonId(parts);
        foreach (var part in parts)
        {
            if (part.Identity is not { } identity)
            {
                yield return part.HasContent
                    ? new PartProblem(part.Part, PartTrouble.Older, "it carries no identity, as if an earlier version had written it")
                    : new PartProblem(part.Part, PartTrouble.Missing, part.Exists ? "nothing is in it" : "it is not there");
            }
            else if (identity.StoreId != common)
            {
                yield return new PartProblem(
                    part.Part,
                    PartTrouble.Foreign,
                    $"it belongs to the folder {identity.StoreId}, {(common is null ? "others to another" : $"the others to {common}")}"
                );
            }
            else if (common is not null && identity.Generation < ConfirmedOf(parts, common, confirmed))
            {
                yield return new PartProblem(
                    part.Part,
                    PartTrouble.Older,
                    $"it is of generation {identity.Generation}, others are of {ConfirmedOf(parts, common, confirmed)}"
                );
            }
            else if (KnowsTooFew(part, parts))
            {
                yield return new PartProblem(
                    part.Part,
                    PartTrouble.Older,
                    $"it knows models up to number {part.HighestModel}, others hold data of a later one"
                );
            }
        }
    }

    // Within one generation a number of a model still tells an older state.db from one of today.
    private static bool KnowsTooFew(PartFacts part, List<PartFacts> parts) =>
        part.Part == Part.State
        && part.HighestModel < parts.Where(other => other.Identity?.StoreId == part.Identity?.StoreId).Max(other => other.HighestModel);

    // A foreign part's count of starts says nothing about ours.
    private static long ConfirmedOf(List<PartFacts> parts, string id, long confirmed) =>
        parts.Where(part => part.Identity?.StoreId == id).Select(part => part.Identity!.Confirmed).DefaultIfEmpty(confirmed).Max();

    private static IEnumerable<PartProblem> WithoutIdentity(List<PartFacts> parts)
    {
        var state = parts.Find(part => part.Part == Part.State);
        var spool = parts.Find(part => part.Part == Part.Spool);
        var engine = parts.Find(part => part.Part == Part.Engine);
        var highest = Math.Max(spool?.HighestModel ?? 0, engine?.HighestModel ?? 0);
        if (state is { HasContent: false, HighestModel: 0 } && highest > 0)
        {
            yield return new PartProblem(Part.State, PartTrouble.Missing, state.Exists ? "nothing is in it" : "it is not there");
        }
        else if (state is not null && state.HighestModel < highest)
        {
            yield return new PartProblem(
                Part.State,
                PartTrouble.Older,
                $"it knows models up to number {state.HighestModel}, others hold data of number {highest}"
            );
        }

        if (spool is { Exists: false } && engine is { HasContent: true })
            yield return new PartProblem(Part.Spool, PartTrouble.Missing, "it is not there");
        if (engine is { HasContent: false } && spool is { HasContent: true })
            yield return new PartProblem(Part.Engine, PartTrouble.Missing, engine.Exists ? "nothing is in it" : "it is not there");
    }
}
