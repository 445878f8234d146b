using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Registry.Ownership;

/// <summary>
/// Something that a capability keeps of each model. Whoever deletes a model, carries out what it declared of retention, or says what is
/// kept walks all owners and knows none of them.
/// </summary>
public interface IDataOwner
{
    /// <summary>What it is.</summary>
    DataDescription Description { get; }

    /// <summary>Deletes all of it of one model. Idempotent; called in the order in which capabilities were added.</summary>
    Task RemoveAsync(ModelDefinition model, CancellationToken cancellation);

    /// <summary>
    /// Deletes what is of before a time, which is the beginning of a month (UTC). Idempotent. Nothing where the description names no
    /// <see cref="DataDescription.Period"/>.
    /// </summary>
    Task<ExpiredRows> ExpireAsync(ModelDefinition model, DateTimeOffset before, CancellationToken cancellation);
}

/// <summary>Where something is kept.</summary>
public enum DataPlace
{
    /// <summary>In this process alone: it is made again of what is stored.</summary>
    Memory,

    /// <summary>In the spool, on its way into the column store.</summary>
    Spool,

    /// <summary>In the database of what people declared.</summary>
    State,

    /// <summary>In the column store.</summary>
    Engine,
}

/// <summary>Which of a model's declared periods something is kept for.</summary>
public enum RetentionPeriod
{
    /// <summary><c>retention.predictions</c>: the events themselves.</summary>
    Predictions,

    /// <summary><c>retention.profiles</c>: what was computed of them.</summary>
    Profiles,
}

/// <summary>What a capability keeps of models.</summary>
/// <param name="Name">Stable, of its own; in answers and in the state.</param>
/// <param name="What">In words, for people.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Tables">Its tables there; a table has one owner. Of the column store only those that all models share.</param>
public sealed record DataDescription(string Name, string What, DataPlace Place, params IReadOnlyList<string> Tables)
{
    /// <summary>How long it is kept; null for as long as the model.</summary>
    public RetentionPeriod? Period { get; init; }

    /// <summary>How long a model keeps it; null for as long as there is the model.</summary>
    public TimeSpan? KeptFor(ModelDefinition model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Period switch
        {
            RetentionPeriod.Predictions => model.PredictionRetention,
            RetentionPeriod.Profiles => model.ProfileRetention,
            _ => null,
        };
    }
}
