namespace Plumbline.Registry.Models;

/// <summary>A task, and by what it was recognised, as the end of a sentence.</summary>
public sealed record GuessedTask(ModelTask Task, string Because);

/// <summary>
/// What is known of the answers of a model that nobody declared, and which task they tell: one rule for files that are imported and for the
/// first predictions that are posted.
/// </summary>
public sealed record AnswerEvidence
{
    /// <summary>
    /// Of the first of many answers two different ones say nothing while they are few: the third class may come with the next row.
    /// </summary>
    public const int EnoughAnswers = 10;

    /// <summary>The different answers as classes, more than <see cref="ModelLimits.MaxClasses"/> of them not all.</summary>
    public required IReadOnlyCollection<string> Classes { get; init; }

    /// <summary>How many answers were seen.</summary>
    public required long Answers { get; init; }

    /// <summary>Whether no answers but these are to be expected, as in a file.</summary>
    public required bool AreAll { get; init; }

    /// <summary>Whether every answer is a number.</summary>
    public required bool AreNumbers { get; init; }

    /// <summary>Whether every answer is a whole number.</summary>
    public required bool AreWhole { get; init; }

    /// <summary>Whether there is a score, or anything else that only a positive class has.</summary>
    public required bool HasScore { get; init; }

    /// <summary>How many classes have a probability of their own.</summary>
    public required int Probabilities { get; init; }

    /// <summary>The task, or null when the answers do not tell it: then somebody must say it.</summary>
    public GuessedTask? InferTask()
    {
        if (Classes.Count == 0)
            return null;
        // The answers of a short file, or of the first rows, may not show every class.
        if (Probabilities > 2)
            return new(ModelTask.Multiclass, "there are probabilities of more than two classes");
        if (HasScore)
            return new(ModelTask.Binary, "there is a score, which is the probability of the positive class");
        if (Classes.All(name => name is "0" or "1" or "false" or "true"))
            return new(ModelTask.Binary, "the answers are true and false, or 1 and 0");
        if (AreNumbers && !AreWhole && Probabilities == 0)
            return new(ModelTask.Regression, "the answers are numbers with a fraction");
        if (Classes.Count <= 2 && (AreAll || Probabilities == 2))
            return new(ModelTask.Binary, "there are two classes");
        return OfManyClasses();
    }

    private GuessedTask? OfManyClasses()
    {
        if (Classes.Count == 2 && Answers >= EnoughAnswers && !AreNumbers)
            return new(ModelTask.Binary, $"{Answers} answers are of two classes");
        if (Probabilities > 0 || !AreNumbers)
            return new(ModelTask.Multiclass, "the answers are names of classes");
        return Classes.Count > ModelLimits.MaxClasses ? new(ModelTask.Regression, "the answers are many different numbers") : null;
    }
}
