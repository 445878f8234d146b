namespace Plumbline.Ingestion.Duplicates;

/// <summary>
/// The ids that one request has claimed. Until it ends, others that bring the same ids wait for it: if its rows become durable theirs
/// are duplicates, and if not nobody was told something false.
/// </summary>
public sealed class Claim
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with true when the rows are durable, with false when they were refused as a whole.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>True once the rows are durable.</summary>
    public bool IsDurable => _ended.Task.IsCompletedSuccessfully && _ended.Task.Result;

    /// <summary>Says how the request ended. Only the first call counts.</summary>
    public void End(bool durable) => _ended.TrySetResult(durable);

    internal static Claim Durable()
    {
        var claim = new Claim();
        claim.End(durable: true);
        return claim;
    }
}

/// <summary>What is known of a batch's rows at the moment they were claimed.</summary>
/// <param name="IsDuplicate">Per row: known already, in this batch or in one that is durable.</param>
/// <param name="Ask">Rows that the column store must be asked about: almost surely duplicates.</param>
/// <param name="WaitFor">Requests under way that have claimed the same ids, with the rows concerned.</param>
public sealed record ClaimResult(bool[] IsDuplicate, List<int> Ask, List<(int Row, Claim Other)> WaitFor);
