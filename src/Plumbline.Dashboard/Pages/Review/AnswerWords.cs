using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>Answers in words.</summary>
internal static class AnswerWords
{
    public static string Of(ReviewAnswerRow answer) =>
        (AnswerKind)answer.Kind switch
        {
            AnswerKind.Value => answer.Value,
            AnswerKind.Broken => "the input is broken",
            AnswerKind.NotMyExpertise => "not my expertise",
            _ => "skipped",
        };
}
