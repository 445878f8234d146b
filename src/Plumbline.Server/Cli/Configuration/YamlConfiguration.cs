using System.Collections;
using System.Reflection;
using System.Text;
using Plumbline.Registry;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Plumbline.Server.Cli.Configuration;

/// <summary>
/// Reads YAML, and environment variables like it, into an options object, strictly: an unknown key, a key given twice or a value of the
/// wrong kind is a mistake with its line, and all mistakes are collected before giving up. A property named <c>IntervalMs</c> is written
/// <c>interval_ms</c>; a duration like <c>10m</c>.
/// </summary>
public sealed class YamlConfiguration
{
    private const int MaxDepth = 16;
    private readonly List<ConfigurationMistake> _mistakes = [];
    private readonly Dictionary<string, ConfigurationOrigin> _origins = new(StringComparer.Ordinal);

    // The environment variable that is being read; null while it is the file.
    private string? _variable;

    /// <summary>Everything that was wrong, in the order of the file, then of the variables' names.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes =>
        [
            .. _mistakes
                .OrderBy(mistake => mistake.Variable, StringComparer.Ordinal)
                .ThenBy(mistake => mistake.Line)
                .ThenBy(mistake => mistake.Column),
        ];

    /// <summary>Where each key was set, by its path: for mistakes that only show when all options are looked at together.</summary>
    public IReadOnlyDictionary<string, ConfigurationOrigin> Origins => _origins;

    /// <summary>Applies environment variables on top of <paramref name="options"/>, with the same strictness as a file.</summary>
    public void Read(IReadOnlyDictionary<string, string> variables, object options)
    {
        foreach (var (name, text) in variables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            _variable = name;
            var path = EnvironmentVariables.PathOf(name);
            var node = Wanted(options.GetType(), path) is { } type && ScalarText.Knows(type) ? new YamlScalarNode(text) : Parse(text);
            if (node is not null)
            {
                Bind(
                    (YamlMappingNode)path.Reverse().Aggregate(node, (inner, key) => new YamlMappingNode(new YamlScalarNode(key), inner)),
                    options,
                    "",
                    0
                );
            }
        }

        _variable = null;
    }

    // The type of the option at the end of a path; null when there is none.
    private static Type? Wanted(Type type, IEnumerable<string> path)
    {
        foreach (var key in path)
        {
            if (!Writable(type).TryGetValue(key, out var property))
                return null;
            type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        }

        return type;
    }

    /// <summary>
    /// Applies <paramref name="yaml"/> on top of <paramref name="options"/>; what the file does not mention keeps its value.
    /// </summary>
    public void Read(string yaml, object options)
    {
        if (Parse(yaml) is not { } read)
            return;
        if (read is YamlMappingNode root)
            Bind(root, options, "", 0);
        else if (read is not YamlScalarNode { Value: null or "" })
            Complain(read, "", "the file must hold keys and values");
    }

    // Null after a complaint.
    private YamlNode? Parse(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException broken)
        {
            Complain(broken.Start, "", broken.InnerException?.Message ?? broken.Message);
            return null;
        }

        if (stream.Documents.Count > 1)
            Complain(stream.Documents[1].RootNode, "", "one document only: remove the line '---'");
        return stream.Documents.Count == 0 ? new YamlScalarNode("") : stream.Documents[0].RootNode;
    }

    private void Bind(YamlMappingNode mapping, object target, string path, int depth)
    {
        var properties = Writable(target.GetType());
        var open = target as IOpenOptions;
        foreach (var (keyNode, valueNode) in mapping.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? "";
            var keyPath = path.Length == 0 ? key : $"{path}.{key}";
            if (depth >= MaxDepth)
            {
                Complain(keyNode, keyPath, $"nested deeper than {MaxDepth}");
                return;
            }

            var property = properties.GetValueOrDefault(key);
            if ((property?.PropertyType ?? open?.FurtherKeys.GetValueOrDefault(key)) is not { } type)
            {
                var known = properties.Keys.Concat(open?.FurtherKeys.Keys ?? []).Order(StringComparer.Ordinal).ToList();
                Complain(keyNode, keyPath, $"unknown key.{Spelling.Suggestion(key, known)} Known here: {string.Join(", ", known)}.");
                continue;
            }

            if (!TryConvert(valueNode, type, property?.GetValue(target), keyPath, depth, out var value))
                continue;
            _origins[keyPath] = OriginOf(valueNode.Start);
            if (property is not null)
                property.SetValue(target, value);
            else
                open!.Set(key, value);
        }
    }

    private bool TryConvert(YamlNode node, Type wanted, object? present, string path, int depth, out object? value)
    {
        value = null;
        var type = Nullable.GetUnderlyingType(wanted) ?? wanted;
        if (node is YamlScalarNode scalar && ScalarText.Knows(type))
            return TryConvertScalar(scalar, wanted, type, path, out value);
        if (ElementOf(type) is { } element)
            return TryConvertList(node, type, element, path, depth, out value);
        if (node is YamlMappingNode map && NamedValues.ValueOf(type) is { } named)
            return TryConvertNamed(map, named, path, depth, out value);
        if (node is YamlMappingNode mapping && !ScalarText.Knows(type))
        {
            value = present ?? Activator.CreateInstance(type)!;
            Bind(mapping, value, path, depth + 1);
            return true;
        }

        Complain(node, path, ScalarText.Knows(type) ? $"must be {ScalarText.Describe(type)}" : "must hold keys and values");
        return false;
    }

    private bool TryConvertScalar(YamlScalarNode scalar, Type wanted, Type type, string path, out object? value)
    {
        value = null;
        var isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null";
        if (isNull && (type != wanted || !wanted.IsValueType))
            return true;
        if (!isNull && ScalarText.TryParse(scalar.Value!, type, out value))
            return true;
        Complain(scalar, path, $"'{scalar.Value}' is not {ScalarText.Describe(type)}");
        return false;
    }

    private bool TryConvertList(YamlNode node, Type list, Type element, string path, int depth, out object? value)
    {
        value = null;
        // One value where a list may stand reads as a list of one, as on the command line.
        var items = node is YamlSequenceNode sequence ? sequence.Children : [node];
        var converted = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        for (var index = 0; index < items.Count; index++)
        {
            if (!TryConvert(items[index], element, null, $"{path}[{index}]", depth + 1, out var item))
                return false;
            converted.Add(item);
        }

        value =
            list.IsArray ? typeof(Enumerable).GetMethod(nameof(Enumerable.ToArray))!.MakeGenericMethod(element).Invoke(null, [converted])
            : NamedValues.IsImmutableList(list) ? NamedValues.Immutable(converted, element)
            : converted;
        return true;
    }

    // What belongs to names that the options do not know beforehand, such as the weights of scores.
    private bool TryConvertNamed(YamlMappingNode mapping, Type wanted, string path, int depth, out object? value)
    {
        value = null;
        var converted = new NamedValues(wanted);
        foreach (var (keyNode, valueNode) in mapping.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? "";
            if (!TryConvert(valueNode, wanted, null, $"{path}.{key}", depth + 1, out var one))
                return false;
            if (one is null)
            {
                Complain(valueNode, $"{path}.{key}", $"must be {ScalarText.Describe(wanted)}");
                return false;
            }

            _origins[$"{path}.{key}"] = OriginOf(valueNode.Start);
            converted.Add(key, one);
        }

        value = converted.Made;
        return true;
    }

    private static Type? ElementOf(Type type)
    {
        if (type == typeof(string))
            return null;
        if (type.IsArray)
            return type.GetElementType();
        if (NamedValues.IsImmutableList(type))
            return type.GetGenericArguments()[0];
        return
            type.IsGenericType
            && type.GetGenericArguments() is [var element]
            && type.IsAssignableFrom(typeof(List<>).MakeGenericType(element))
            ? element
            : null;
    }

    private static Dictionary<string, PropertyInfo> Writable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.SetMethod!.IsPublic && property.GetIndexParameters().Length == 0)
            .ToDictionary(property => KeyOf(property.Name), StringComparer.Ordinal);

    /// <summary><c>MemoryMiB</c> -> <c>memory_mib</c>.</summary>
    internal static string KeyOf(string propertyName)
    {
        var key = new StringBuilder();
        foreach (var letter in propertyName.Replace("MiB", "Mib", StringComparison.Ordinal))
        {
            if (char.IsUpper(letter) && key.Length > 0)
                key.Append('_');
            key.Append(char.ToLowerInvariant(letter));
        }

        return key.ToString();
    }

    private void Complain(YamlNode node, string path, string message) => Complain(node.Start, path, message);

    private void Complain(Mark at, string path, string message) => _mistakes.Add(new(new FieldError(path, message), OriginOf(at)));

    // The lines of a variable's own text say nothing to anybody.
    private ConfigurationOrigin OriginOf(Mark at) => _variable is null ? new(at.Line, at.Column, null) : new(0, 0, _variable);
}
