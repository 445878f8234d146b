namespace Plumbline.Registry.Integrity;

/// <summary>A part of the data folder. Three hold what belongs together, and one alone is worth little.</summary>
public enum Part
{
    /// <summary><c>state.db</c>, or a database elsewhere: what people declared, and what the server must remember besides facts.</summary>
    State,

    /// <summary><c>spool.db</c>: events that were acknowledged and are not in the engine yet, and the counters.</summary>
    Spool,

    /// <summary>The folder <c>engine</c>: events, profiles and metric points.</summary>
    Engine,
}

/// <summary>Written into every part: to which folder it belongs and how young it is.</summary>
/// <param name="StoreId">Random, made at the first start of the folder.</param>
/// <param name="Generation">Rises by one with each start, in all parts.</param>
/// <param name="Confirmed">The newest generation of which this part knows that all have it. Nothing else is written before that.</param>
public sealed record PartIdentity(string StoreId, long Generation, long Confirmed);

/// <summary>What was found of one part, before anything is written.</summary>
/// <param name="Part">Which.</param>
/// <param name="Exists">Whether its file or folder is there.</param>
/// <param name="Identity">Null: none was written yet, or it is gone.</param>
/// <param name="HasContent">Whether anything of a model is in it.</param>
/// <param name="HighestModel">State: the highest number ever given to a model. Others: the highest that something is stored of; 0 for
/// none.</param>
/// <param name="Damage">Why it cannot be read; null when it can.</param>
public sealed record PartFacts(
    Part Part,
    bool Exists,
    PartIdentity? Identity = null,
    bool HasContent = false,
    int HighestModel = 0,
    string? Damage = null
);

/// <summary>What can be wrong with a part.</summary>
public enum PartTrouble
{
    /// <summary>Its file or folder is not there, or nothing is in it.</summary>
    Missing,

    /// <summary>It cannot be read.</summary>
    Damaged,

    /// <summary>It belongs to another folder.</summary>
    Foreign,

    /// <summary>It is from an earlier time than the others.</summary>
    Older,
}

/// <summary>A part that does not belong to the others as it is.</summary>
/// <param name="Part">Which.</param>
/// <param name="Trouble">What is wrong with it.</param>
/// <param name="Detail">In words, what was seen.</param>
public sealed record PartProblem(Part Part, PartTrouble Trouble, string Detail);
