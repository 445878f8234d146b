using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plumbline.Alerting.Rules.Kinds;

/// <summary>Kinds of rules by their names, in the configuration file.</summary>
internal sealed class RuleKindText : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        RuleKind.Find(value as string) ?? throw new FormatException($"One of {string.Join(", ", RuleKind.All)}.");

    public override bool GetStandardValuesSupported(ITypeDescriptorContext? context) => true;

    public override StandardValuesCollection GetStandardValues(ITypeDescriptorContext? context) => new(RuleKind.All.ToList());
}

/// <summary>Kinds of rules by their names, in JSON.</summary>
internal sealed class RuleKindJson : JsonConverter<RuleKind>
{
    public override RuleKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (reader.TokenType == JsonTokenType.String ? RuleKind.Find(reader.GetString()) : null)
        ?? throw new JsonException($"One of {string.Join(", ", RuleKind.All)}.");

    public override void Write(Utf8JsonWriter writer, RuleKind value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
