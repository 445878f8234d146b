namespace Plumbline.Dashboard.Pages.Review;

/// <summary>What somebody is asked to look at; the one page of those who only review.</summary>
public sealed partial class ReviewPage
{
    protected override void OnInitialized() => Frame.Show([("Review", null)]);
}
