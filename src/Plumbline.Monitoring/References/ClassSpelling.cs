using Plumbline.Events;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>
/// How the classes of a reference are put into the model's own spelling: by the rule that events follow, applied to each different text
/// once and then looked up by the engine.
/// </summary>
internal sealed class ClassSpelling
{
    /// <summary>Different texts in the columns of classes; more are no classes.</summary>
    private const int MaxTexts = 100_000;

    private readonly Dictionary<string, string> _changed = new(StringComparer.Ordinal);

    /// <summary>Bound by the statement that holds <see cref="Sql"/>.</summary>
    internal IReadOnlyList<SqlParameter> Parameters =>
        _changed.Count == 0 ? [] : [new("written", _changed.Keys.ToArray()), new("spelled", _changed.Values.ToArray())];

    /// <summary>The class of a text that is never null; empty for none.</summary>
    internal string Sql(string text) =>
        _changed.Count == 0 ? text : $"transform({text}, {{written:Array(String)}}, {{spelled:Array(String)}}, {text})";

    /// <summary>Reads the different texts of the columns that hold classes.</summary>
    /// <exception cref="ReferenceException">There are too many for classes.</exception>
    internal static async Task<ClassSpelling> ReadAsync(
        IColumnStore store,
        ModelDefinition model,
        StagedReference staged,
        ReferenceColumns columns,
        CancellationToken cancellation
    )
    {
        var spelling = new ClassSpelling();
        if (model.Task == ModelTask.Regression)
            return spelling;
        var texts = new List<string>();
        foreach (var name in new[] { columns.Prediction, columns.GroundTruth })
        {
            if (name is null || staged.Columns.FirstOrDefault(column => column.Name == name) is not { } column)
                continue;
            using var rows = await store.QueryAsync(
                new SqlStatement(
                    $"SELECT DISTINCT assumeNotNull({column.Text}) FROM {staged.Table} WHERE isNotNull({column.Text}) LIMIT {MaxTexts + 1}"
                ),
                cancellation
            );
            var before = texts.Count;
            while (rows.Read())
                texts.Add(rows.ReadString());
            if (texts.Count - before > MaxTexts)
            {
                throw new ReferenceException(
                    "too_many_classes",
                    $"The column '{Problems.Shorten(name)}' has more than {MaxTexts} different values; the model is a classifier, "
                        + "and they are taken for classes."
                );
            }
        }

        var form = model.LearnsClassForm
            ? ClassNames.FormOf(texts.Select(text => ClassNames.Canonical(text, ClassForm.AsWritten)))
            : model.ClassForm;
        foreach (var text in texts)
        {
            if (ClassNames.Canonical(text, form) is var name && name != text)
                spelling._changed[text] = name;
        }

        return spelling;
    }
}
