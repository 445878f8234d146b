using Microsoft.AspNetCore.WebUtilities;

namespace Plumbline.Registry.Web;

/// <summary>
/// The address of every page, relative to the server. Whoever leads to a page asks here; a test finds those who write an address
/// themselves.
/// </summary>
public static class Links
{
    public const string Fleet = "/";
    public const string Start = "/start";
    public const string Models = "/models";
    public const string Incidents = "/incidents";
    public const string Review = "/review";
    public const string Explore = "/explore";
    public const string Account = "/account";
    public const string SignIn = "/sign-in";
    public const string SignOut = "/sign-out";
    public const string Settings = "/settings";
    public const string Silences = Settings + "/silences";
    public const string Deliveries = Settings + "/deliveries";
    public const string People = Settings + "/people";
    public const string RetrainingTargets = Settings + "/retraining-targets";
    public const string Self = "/self";

    /// <summary>Tabs of a model's page.</summary>
    public const string SystemLayer = "system";
    public const string Inputs = "inputs";
    public const string Outputs = "outputs";
    public const string Performance = "performance";
    public const string Outcomes = "outcomes";
    public const string Segments = "segments";
    public const string Datasets = "datasets";
    public const string Retraining = "retraining";

    /// <summary>A model's page; <paramref name="tab"/> is empty for its summary.</summary>
    public static string Model(string model, string tab = "") => Tab($"{Models}/{Uri.EscapeDataString(model)}", tab);

    /// <summary>The predictions of a model.</summary>
    public static string ExploreModel(string model) => $"{Explore}/{Uri.EscapeDataString(model)}";

    /// <summary>The tasks of a model, one after the other.</summary>
    public static string ReviewOf(string model) => $"{Review}/{Uri.EscapeDataString(model)}";

    /// <summary>The tasks of a model that annotators disagree about.</summary>
    public static string DisputedOf(string model) => $"{ReviewOf(model)}/disputed";

    /// <summary>The form of a new review policy for the predictions that match conditions.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="name">What the policy is to be called.</param>
    /// <param name="filters">As in a search: <c>features.country:eq:BR</c>.</param>
    public static string NewPolicy(string model, string name, IEnumerable<string> filters) =>
        With(Model(model, "review"), ("new", "1"), ("name", name), ("filter", string.Join('\n', filters)));

    /// <summary>The card of a version of a data set.</summary>
    public static string Dataset(string model, string name, int number) =>
        With(Model(model, Datasets), ("card", name), ("number", number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>One prediction.</summary>
    public static string Prediction(string model, string id) => $"{Model(model)}/predictions/{Uri.EscapeDataString(id)}";

    /// <summary>One incident.</summary>
    public static string Incident(long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Incidents}/{id}");

    /// <summary>The incidents of a model.</summary>
    public static string IncidentsOf(string model) => With(Incidents, ("model", model));

    /// <summary>A page and one of its tabs; <paramref name="tab"/> is empty for its first.</summary>
    public static string Tab(string page, string tab) => tab.Length == 0 ? page : $"{page}/{tab}";

    /// <summary>An address with keys; those without a value are left out.</summary>
    public static string With(string address, params IEnumerable<(string Key, string? Value)> keys) =>
        QueryHelpers.AddQueryString(
            address,
            keys.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value))
        );
}
