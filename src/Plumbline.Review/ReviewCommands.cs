using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Review;

/// <summary>What is done in reviews.</summary>
public static class ReviewCommands
{
    /// <summary>Creates or changes a policy.</summary>
    public static Command DeclarePolicy { get; } = new("review.declare_policy", ApiRole.Operate);

    /// <summary>Removes a policy.</summary>
    public static Command DeletePolicy { get; } = new("review.delete_policy", ApiRole.Operate);

    /// <summary>Draws a stretch of the past.</summary>
    public static Command Draw { get; } = new("review.draw", ApiRole.Operate);

    /// <summary>Makes tasks of predictions that somebody names.</summary>
    public static Command AskByHand { get; } = new("review.ask_by_hand", ApiRole.Operate);

    /// <summary>Takes the next task, keeps it, lets it go.</summary>
    public static Command Take { get; } = new("review.take", ApiRole.Annotate);

    /// <summary>Answers a task.</summary>
    public static Command Answer { get; } = new("review.answer", ApiRole.Annotate);

    /// <summary>Takes an answer back.</summary>
    public static Command Withdraw { get; } = new("review.withdraw", ApiRole.Annotate);

    /// <summary>Decides between annotators.</summary>
    public static Command Decide { get; } = new("review.decide", ApiRole.Review);

    /// <summary>Creates or changes a data set.</summary>
    public static Command DeclareDataset { get; } = new("review.declare_dataset", ApiRole.Operate);

    /// <summary>Removes a data set with its versions.</summary>
    public static Command DeleteDataset { get; } = new("review.delete_dataset", ApiRole.Operate);

    /// <summary>Makes a version of a data set.</summary>
    public static Command BuildDataset { get; } = new("review.build_dataset", ApiRole.Operate);

    /// <summary>Tells what a version answers to held-out rows.</summary>
    public static Command TellHeldOutAnswers { get; } = new("review.tell_held_out_answers", ApiRole.Ingest);

    /// <summary>Takes columns of a data set out that are declared private.</summary>
    public static Command ExportPrivate { get; } = new("review.export_private", ApiRole.Admin);

    /// <summary>Writes a version of a data set to a declared place.</summary>
    public static Command ExportDataset { get; } = new("review.export_dataset", ApiRole.Operate);

    /// <summary>Brings answers of a file in.</summary>
    public static Command ImportAnswers { get; } = new("review.import_answers", ApiRole.Operate);

    /// <summary>Lets a version take the place of the one that is promoted.</summary>
    public static Command PromoteVersion { get; } = new("version.promote", ApiRole.Operate);

    /// <summary>Takes a version out of consideration.</summary>
    public static Command RetireVersion { get; } = new("version.retire", ApiRole.Operate);
}
