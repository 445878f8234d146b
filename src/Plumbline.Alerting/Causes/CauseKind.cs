using System.Text.Json;
using Plumbline.Alerting.Alerts;

namespace Plumbline.Alerting.Causes;

/// <summary>
/// A kind of cause: how it is recognised, what it rests on, and its words. A new kind is one file here and one line in
/// <see cref="CausesSetup"/>.
/// </summary>
public abstract class CauseKind
{
    private protected static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What it is called on the wire and in the state.</summary>
    public abstract string Key { get; }

    /// <summary>What it is called on pages.</summary>
    public abstract string Title { get; }

    /// <summary>Whether its headline says where it is, so that segments need not be added.</summary>
    internal virtual bool NamesPlace => false;

    /// <summary>Whether it touches much at once, so that whatever moved most surely shows it, drawn by version.</summary>
    public virtual bool ShownByVersion => false;

    /// <summary>Whether values came that are broken, so that nothing should be learned from them.</summary>
    public virtual bool IsDataQuality => false;

    /// <summary>Candidates of this kind, the likeliest first; none when nothing points here.</summary>
    internal abstract Task<IReadOnlyList<CauseFacts>> FindAsync(CauseSearch search, CancellationToken cancellation);

    /// <summary>Whether a stream shows a cause of this kind with that subject.</summary>
    public abstract bool IsShownBy(string subject, string metric, string? feature, string? segment);

    /// <summary>What happened, for a headline.</summary>
    /// <param name="cause">A cause of this kind.</param>
    /// <param name="change">What moved most of what shows it, in words.</param>
    /// <param name="features">Features that moved, the worst first.</param>
    internal abstract string Headline(CauseFacts cause, string change, IReadOnlyList<string> features);

    /// <summary>What it rests on, in a sentence.</summary>
    internal abstract string Words(CauseFacts cause);

    /// <summary>The change of a stream on which it rests, where it rests on one.</summary>
    internal virtual StreamChange? ChangeOf(CauseFacts cause) => null;

    /// <summary>The page that shows it.</summary>
    internal abstract string Path(CauseFacts cause, string model);

    /// <summary>What a person can do about it.</summary>
    internal virtual IEnumerable<NextStep> Steps(CauseFacts cause, CauseScene scene) => [];
}

/// <summary>A kind of cause that rests on evidence of a type.</summary>
public abstract class CauseKind<TEvidence> : CauseKind
{
    private protected CauseFacts Found(string subject, double score, TEvidence evidence) =>
        new(Key, subject, score, JsonSerializer.SerializeToElement(evidence, Json));

    internal sealed override string Words(CauseFacts cause) =>
        EvidenceOf(cause) is { } evidence ? Words(cause.Subject, evidence) : cause.Words ?? "";

    /// <summary>Its evidence; none in what former releases stored.</summary>
    private protected static TEvidence? EvidenceOf(CauseFacts cause) =>
        cause.Evidence is { } evidence ? evidence.Deserialize<TEvidence>(Json) : default;

    private protected abstract string Words(string subject, TEvidence evidence);
}
