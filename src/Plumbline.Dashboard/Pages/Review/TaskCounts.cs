using Plumbline.Registry.Text;
using Plumbline.Review.Tasks;

namespace Plumbline.Dashboard.Pages.Review;

/// <summary>Numbers of tasks, which are counted as far as <see cref="TaskQueue.MostCounted"/>.</summary>
internal static class TaskCounts
{
    /// <summary>The number, or that it is so many at least.</summary>
    public static string Words(int count) =>
        count >= TaskQueue.MostCounted ? $"{Figures.Count(TaskQueue.MostCounted)} or more" : Figures.Count(count);
}
