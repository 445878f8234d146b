using Plumbline.Dashboard.Pages.Model;

namespace Plumbline.Server.Tests.Ui;

/// <summary>The windows that a chart has when nobody chose.</summary>
public sealed class WindowChoiceTests
{
    private static readonly TimeSpan[] Lengths = [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(7)];

    [Theory]
    [InlineData(1, 5_000, 1)] // 24 hours
    [InlineData(7, 5_000, 1)] // 168 hours are nearer to a picture than 7 days
    [InlineData(7, 300, 24)] // 12 rows an hour: the interval is wider than what could be seen
    [InlineData(30, 5_000, 24)] // 720 hours run into one another, 30 days do not
    [InlineData(90, 5_000, 24)]
    [InlineData(365, 0, 7 * 24)] // 52 weeks
    public void Points_and_rows_decide(int days, double rowsPerDay, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), WindowChoice.Of(Lengths, TimeSpan.FromDays(days), rowsPerDay));

    [Fact]
    public void The_only_length_there_is_is_taken() => Assert.Equal(Lengths[2], WindowChoice.Of([Lengths[2]], TimeSpan.FromHours(1), 1));

    [Theory]
    [InlineData(1, 100, 7)] // 168 windows already in the shortest
    [InlineData(6, 1_000, 30)]
    [InlineData(24, 250, 90)]
    [InlineData(24, 250_000, 0)] // what is read of raw rows takes its time: nobody asked for that much
    public void The_longer_the_windows_the_longer_the_range(int hours, double rowsPerDay, int days) =>
        Assert.InRange(WindowChoice.UsualRange(TimeSpan.FromHours(hours), rowsPerDay).TotalDays, days == 7 ? 0 : days, days);
}
