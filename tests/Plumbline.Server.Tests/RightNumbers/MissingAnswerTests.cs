namespace Plumbline.Server.Tests.RightNumbers;

/// <summary>A model that answers, but with nothing.</summary>
public sealed class MissingAnswerTests(TestHost host)
{
    [Theory]
    [InlineData("regression", "\"NaN\"", "2.5")]
    [InlineData("regression", "null", "2.5")]
    [InlineData("binary", "\"nan\"", "\"yes\"")]
    [InlineData("multiclass", "\"None\"", "\"a\"")]
    public async Task Answers_that_are_none_are_counted(string task, string nothing, string answer)
    {
        var model = await SmallModel.CreateAsync(host, new { task }, "no-answers");
        await model.PredictAsync(0, 200, i => i % 10 == 9 ? "\"status\":\"error\"" : $"\"prediction\":{(i % 4 == 0 ? nothing : answer)}");
        await model.ComputedAsync();
        var point = await model.PointAsync("output.missing_rate", null);
        Assert.Equal(50 / 180.0, point.GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal(180, point.GetProperty("n").GetInt64());
    }
}
