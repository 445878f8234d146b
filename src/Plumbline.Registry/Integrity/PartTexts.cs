using System.Text;

namespace Plumbline.Registry.Integrity;

/// <summary>The data folder cannot be used as it is; the message says which part, what is lost and what to do.</summary>
public sealed class DataFolderException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>What is told about a part that does not fit.</summary>
public static class PartTexts
{
    /// <summary>The name of a part's file or folder.</summary>
    public static string FileOf(Part part) =>
        part switch
        {
            Part.State => "state.db",
            Part.Spool => "spool.db",
            _ => "engine",
        };

    /// <summary>What is in a part, and so is lost with it.</summary>
    public static string ContentOf(Part part) =>
        part switch
        {
            Part.State => "the declared models, versions, rules, receivers, baselines and incidents",
            Part.Spool => "the counters, and events that were acknowledged and are not in the engine yet",
            _ => "the stored events, profiles and metric points",
        };

    /// <summary>One sentence: which part, what is wrong, what is lost.</summary>
    /// <param name="problem">The part and what is wrong with it.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="database">What the state is called when it is not in the folder.</param>
    public static string Tell(PartProblem problem, string folder, string? database = null)
    {
        var path = problem.Part == Part.State && database is not null ? database : Path.Combine(folder, FileOf(problem.Part));
        return problem.Trouble switch
        {
            PartTrouble.Missing => $"{path} is missing: {problem.Detail}. Without it are lost: {ContentOf(problem.Part)}.",
            PartTrouble.Damaged => $"{path} is damaged: {problem.Detail}. In it are {ContentOf(problem.Part)}.",
            PartTrouble.Foreign => $"{path} does not belong here: {problem.Detail}. What belongs here is lost without it: "
                + $"{ContentOf(problem.Part)}.",
            _ => $"{path} is older than the other parts: {problem.Detail}. What changed since is lost of {ContentOf(problem.Part)}.",
        };
    }

    /// <summary>Everything that is wrong, and what to do.</summary>
    public static string TellAll(IReadOnlyList<PartProblem> problems, string folder, string? database = null)
    {
        var text = new StringBuilder();
        foreach (var problem in problems)
            text.Append(Tell(problem, folder, database)).Append(Environment.NewLine);
        text.Append("Nothing was changed. ")
            .Append(
                problems.Any(problem => problem.Trouble == PartTrouble.Foreign)
                    ? $"Put {(database is null ? "state.db" : "the state database")}, spool.db and engine of one folder and one "
                        + $"moment together."
                    : "Put back what is named, from a backup of the same moment as the other parts."
            );
        text.Append(" When there is none, `plumbline check --data ")
            .Append(folder)
            .Append(" --accept-loss` sets aside what cannot be used and lets the server start without it.");
        return text.ToString();
    }
}
