namespace Plumbline.Review;

/// <summary>Who says that something is true.</summary>
public static class ReviewSource
{
    /// <summary>The source of ground truth that people gave here.</summary>
    public const string Name = "review";
}
