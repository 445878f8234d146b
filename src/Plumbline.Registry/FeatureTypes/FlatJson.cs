using System.Text.Json;

namespace Plumbline.Registry.FeatureTypes;

/// <summary>
/// Objects inside a row as members of its own with dotted names: <c>{"user":{"country":"FR"}}</c> has the member <c>user.country</c>. A
/// list stays a value.
/// </summary>
public static class FlatJson
{
    /// <summary>
    /// Gives every member that is no object to <paramref name="take"/>. False when an object lies deeper than so many others; what lies
    /// there is passed over.
    /// </summary>
    public static bool Visit(JsonElement row, int maxDepth, Action<string, JsonElement> take) =>
        Visit(row, prefix: "", depth: 0, maxDepth, take);

    private static bool Visit(JsonElement element, string prefix, int depth, int maxDepth, Action<string, JsonElement> take)
    {
        if (depth > maxDepth)
            return false;
        var isWhole = true;
        foreach (var member in element.EnumerateObject())
        {
            var name = prefix + member.Name.Trim();
            if (member.Value.ValueKind == JsonValueKind.Object)
                isWhole &= Visit(member.Value, name + ".", depth + 1, maxDepth, take);
            else
                take(name, member.Value);
        }

        return isWhole;
    }
}
