using System.Net;
using System.Net.Http.Headers;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Server.Tests.RealData;

namespace Plumbline.Server.Tests.References;

/// <summary>References of real data sets, where they are at hand.</summary>
public sealed class RealReferenceTests(TestHost host)
{
    private async Task<Baseline> LoadAsync(string file, string mediaType, string task, string query)
    {
        var parts = file.Split('/');
        var path = RealSets.File(parts[0], parts[1]);
        var ct = TestContext.Current.CancellationToken;
        var name = await host.CreateModelAsync(new { task }, "real");
        using var content = new StreamContent(File.OpenRead(path));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        using var response = await host.Client.PutAsync(new Uri($"/v1/models/{name}/reference{query}", UriKind.Relative), content, ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(ct));
        return host.Get<BaselineCatalog>().Find(host.Get<ModelCatalog>().Find(name)!.Id)!;
    }

    [Fact]
    public async Task Csv_and_parquet_of_the_same_rows_give_the_same_baseline()
    {
        const string Query =
            "?prediction=y_pred&score=y_pred_proba&ground_truth=repaid&timestamp=timestamp&id=id&features=car_value,salary_range,debt_to_income_ratio,loan_length,size_of_downpayment,driver_tenure";
        var csv = await LoadAsync("car_loan/reference.csv.gz", "text/csv", "binary", Query);
        var parquet = await LoadAsync(
            "car_loan/reference.parquet",
            "application/vnd.apache.parquet",
            "binary",
            Query.Replace("&id=id", "", StringComparison.Ordinal)
        );
        Assert.Equal((50_000, 50_000), (csv.Rows, csv.GroundTruthRows));
        Assert.Equal((csv.Rows, csv.From, csv.To), (parquet.Rows, parquet.From, parquet.To));
        Assert.Equal(csv.Features.Keys.Order(StringComparer.Ordinal), parquet.Features.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, feature) in csv.Features)
        {
            Assert.Equal(feature.Edges, parquet.Features[name].Edges);
            Assert.Equal(feature.Categories, parquet.Features[name].Categories);
            Assert.Equal(feature.Profile.Bins, parquet.Features[name].Profile.Bins);
            Assert.Equal(50_000, feature.Profile.Rows);
        }
    }

    [Theory]
    [InlineData(
        "hotel_booking/reference.csv.gz",
        "binary",
        "?prediction=y_pred&score=y_pred_proba&ground_truth=is_canceled&timestamp=timestamp&id=id",
        16_913
    )]
    [InlineData(
        "elec2/reference.csv.gz",
        "binary",
        "?prediction=y_pred&score=y_pred_proba&ground_truth=class&timestamp=timestamp&id=id",
        9_062
    )]
    [InlineData("bike_sharing/reference.csv.gz", "regression", "?prediction=y_pred&ground_truth=count&timestamp=timestamp&id=id", 3_651)]
    [InlineData(
        "california_housing/reference.csv.gz",
        "binary",
        "?prediction=y_pred&score=y_pred_proba&ground_truth=clf_target&timestamp=timestamp&id=id",
        5_832
    )]
    [InlineData("sms_spam/reference.csv.gz", "binary", "?prediction=y_pred&score=proba_spam&ground_truth=label&id=id", 1_858)]
    public async Task Every_real_reference_is_taken_whole(string file, string task, string query, int rows)
    {
        var baseline = await LoadAsync(file, "text/csv", task, query);
        Assert.Equal((rows, rows), (baseline.Rows, baseline.GroundTruthRows));
        Assert.All(baseline.Features.Values, feature => Assert.Equal(rows, feature.Profile.Rows));
        Assert.All(
            baseline.Features.Values.Where(feature => feature.IsNumeric),
            feature => Assert.Equal(feature.Profile.Present, (long)feature.Profile.Bins.Aggregate(0UL, (sum, bin) => sum + bin))
        );
    }
}
