using Plumbline.Review.Tasks;

namespace Plumbline.Review.Answers;

/// <summary>What somebody says of a task.</summary>
public sealed record ReviewAnswer
{
    /// <summary><c>value</c>, <c>broken</c>, <c>not_my_expertise</c> or <c>skip</c>.</summary>
    public AnswerKind Kind { get; init; }

    /// <summary>The class, or the number as text; only of a value.</summary>
    public string? Value { get; init; }

    /// <summary>How sure, 0..1.</summary>
    public double? Sure { get; init; }

    /// <summary>At most 2,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>Marked for somebody else's look.</summary>
    public bool Flag { get; init; }

    /// <summary>Seconds that the task was on the screen, 0..86,400.</summary>
    public double? Seconds { get; init; }

    /// <summary>True for a script that answers in place of a person: it is marked everywhere.</summary>
    public bool Robot { get; init; }

    /// <summary>Characters of a note.</summary>
    public const int MaxNote = 2_000;
}

/// <summary>What became of an answer.</summary>
public enum AnswerOutcome
{
    /// <summary>It counts.</summary>
    Taken,

    /// <summary>The same one was there already.</summary>
    Repeated,

    /// <summary>The task was decided meanwhile; the answer is kept beside it and changes nothing.</summary>
    Late,

    /// <summary>There is no such task for this annotator.</summary>
    UnknownTask,

    /// <summary>Somebody else has the task on the screen.</summary>
    Locked,

    /// <summary>This annotator has given another answer, which has to be taken back first.</summary>
    Answered,

    /// <summary>The prediction is not stored any more.</summary>
    Gone,

    /// <summary>There is nothing to take back, or nothing to decide.</summary>
    Nothing,
}

/// <summary>What became of an answer, and where the task stands now.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Task">The task; null when there is none.</param>
/// <param name="Detail">What is in the way, in words; empty when nothing is.</param>
public sealed record AnswerResult(AnswerOutcome Outcome, ReviewTaskRow? Task, string Detail = "");
