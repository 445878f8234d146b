using Plumbline.Registry.Web;

namespace Plumbline.Review.Retraining.Targets;

/// <summary>What became of an attempt to start a run.</summary>
public enum TargetVerdict
{
    /// <summary>It has the run.</summary>
    Accepted,

    /// <summary>It may work later.</summary>
    Retry,

    /// <summary>It does not want it, and never will.</summary>
    Refused,
}

/// <param name="Verdict">What became of it.</param>
/// <param name="Detail">The reason, or a remark; without secrets.</param>
/// <param name="RemoteId">By which it can be asked about the run.</param>
/// <param name="RetryAfter">How long it asked to be left alone.</param>
public sealed record TargetReply(TargetVerdict Verdict, string? Detail = null, string? RemoteId = null, TimeSpan? RetryAfter = null);

/// <param name="Report">What it says; null when it says nothing yet.</param>
/// <param name="Problem">Why it could not be asked; null when it could.</param>
public sealed record TargetAnswer(RunReport? Report, string? Problem = null);

/// <summary>A kind of targets: what they are declared with, and how they are spoken to. One file each, in the folder beside this.</summary>
public abstract class TargetKind
{
    /// <summary>Every kind, the most general first; a new one is found by itself.</summary>
    public static IReadOnlyList<TargetKind> All { get; } =
    [
        .. typeof(TargetKind)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(TargetKind)) && !type.IsAbstract)
            .Select(type => (TargetKind)Activator.CreateInstance(type)!)
            .OrderBy(kind => kind.Order)
            .ThenBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>Where it stands in lists.</summary>
    public abstract int Order { get; }

    /// <summary>As it is declared: <c>webhook</c>.</summary>
    public abstract string Name { get; }

    /// <summary>As people call it.</summary>
    public abstract string Title { get; }

    /// <summary>What its targets are declared with, the needed ones first.</summary>
    public abstract IReadOnlyList<TargetField> Fields { get; }

    /// <summary>The kind of this name; null when there is none.</summary>
    public static TargetKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Where it is called; null for what is on this machine, and for what cannot be read.</summary>
    public abstract Uri? AddressOf(TargetSpecification specification);

    /// <summary>What is wrong beside what the fields themselves say, by field.</summary>
    public virtual IEnumerable<FieldError> Check(TargetSpecification specification, TargetPermissions permissions) => [];

    /// <summary>Whether a target can be asked how a run is.</summary>
    public abstract bool CanBeAsked(TargetSpecification specification);

    /// <summary>
    /// One attempt to start a run, the same over there however often it is repeated. Network failures come back as a reply, not as an
    /// exception.
    /// </summary>
    public abstract Task<TargetReply> StartAsync(TargetCall call, CancellationToken cancellation);

    /// <summary>How the run is.</summary>
    public virtual Task<TargetAnswer> AskAsync(TargetCall call, string? remoteId, CancellationToken cancellation) =>
        Task.FromResult(new TargetAnswer(null));

    public override string ToString() => Name;

    /// <summary>An absolute URL; null for anything else.</summary>
    protected static Uri? Absolute(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;
}
