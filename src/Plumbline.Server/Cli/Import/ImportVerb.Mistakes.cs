using System.CommandLine;

namespace Plumbline.Server.Cli.Import;

/// <summary>Options that do not go together.</summary>
internal sealed partial class ImportVerb
{
    // What one option alone cannot know.
    private IEnumerable<string> Mistakes(System.CommandLine.Parsing.CommandResult given)
    {
        bool Has(Option option) => given.GetResult(option) is { Implicit: false };
        var hasFile = given.GetResult(_file) is { Tokens.Count: > 0 };
        if (!hasFile && !Has(_reference) && !Has(_predictions) && !Has(_groundTruth) && !Has(_signals))
            yield return "nothing to import: give a FILE of predictions, --reference, --ground-truth or --signals";
        if (hasFile && Has(_predictions))
            yield return "the predictions are given twice: as FILE and with --predictions";
        foreach (var mistake in MistakesOfPredictions(Has).Concat(MistakesOfSignals(Has)))
            yield return mistake;
        if (Has(_groundTruth) && (!Has(_groundTruthColumn) || !Has(_id)))
            yield return "a ground-truth file needs --ground-truth-column COLUMN and --id COLUMN";
    }

    private IEnumerable<string> MistakesOfPredictions(Predicate<Option> has)
    {
        if (has(_predictions) && !has(_timestamp) && !has(_start))
            yield return "when were the predictions made? Give --timestamp COLUMN, or --start TIME when the file has no such column";
        if (has(_timestamp) && has(_start))
            yield return "--start is for files without a time column; leave out --timestamp or --start";
        if (has(_predictions) && !has(_prediction))
            yield return "give --prediction COLUMN";
    }

    private IEnumerable<string> MistakesOfSignals(Predicate<Option> has)
    {
        if (!has(_signals))
            yield break;
        if (has(_signal) == has(_signalName))
            yield return "a file of signals needs --signal NAME, or --signal-name COLUMN where the name differs by row";
        if (!has(_signalTimestamp))
            yield return "when did the signals happen? Give --signal-timestamp COLUMN";
    }
}
