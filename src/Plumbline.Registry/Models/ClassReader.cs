using System.Collections.Immutable;
using Plumbline.Events;
using Plumbline.Registry.Web;

namespace Plumbline.Registry.Models;

/// <summary>Reads the declared classes, in the form that events are stored with.</summary>
internal static class ClassReader
{
    /// <summary>How the two classes are written: as declared here, else as they are known; the spelling of the rest follows.</summary>
    public static ClassForm FormOf(ModelSpecification specification, ModelTask task, ModelDefinition? current)
    {
        if (task != ModelTask.Binary)
            return ClassForm.AsWritten;
        var here = (specification.Classes ?? [])
            .Append(specification.PositiveClass)
            .OfType<string>()
            .Select(name => ClassNames.Canonical(name, ClassForm.AsWritten));
        return ClassNames.FormOf(here.Concat(current is null ? [] : current.Classes.Prepend(current.PositiveClass)));
    }

    public static ImmutableArray<string> Read(ModelSpecification specification, ModelTask task, ClassForm form, List<FieldError> errors)
    {
        ImmutableArray<string> classes =
        [
            .. (specification.Classes ?? []).Select(label => label is null ? null! : CanonicalOrAsWritten(label, form, "classes", errors)),
        ];
        if (classes.Length > ModelLimits.MaxClasses)
            errors.Add(new("classes", $"At most {ModelLimits.MaxClasses} classes."));
        if (classes.Distinct(StringComparer.Ordinal).Count() != classes.Length)
            errors.Add(new("classes", "A class is named twice (1 and 1.0, True and true are one class)."));
        foreach (var label in classes)
        {
            if ((label is null ? "A class is text." : ModelNames.CheckLabel("class", label)) is { } reason)
                errors.Add(new("classes", reason));
        }

        if (task == ModelTask.Regression && (classes.Length > 0 || specification.PositiveClass is not null))
            errors.Add(new("classes", "A regression model has no classes."));
        if (task == ModelTask.Binary && classes.Length is not (0 or 2))
            errors.Add(new("classes", "A binary model has two classes."));
        if (specification.PositiveClass is { } positive)
            CheckPositive(CanonicalOrAsWritten(positive, form, "positive_class", errors), classes, task, errors);
        return classes;
    }

    private static void CheckPositive(string positive, ImmutableArray<string> classes, ModelTask task, List<FieldError> errors)
    {
        if (task == ModelTask.Multiclass)
            errors.Add(new("positive_class", "Only a binary model has a positive class."));
        if (ModelNames.CheckLabel("class", positive) is { } reason)
            errors.Add(new("positive_class", reason));
        else if (classes.Length > 0 && !classes.Contains(positive))
            errors.Add(new("positive_class", "Not among the classes."));
    }

    private static string CanonicalOrAsWritten(string label, ClassForm form, string field, List<FieldError> errors)
    {
        var canonical = ClassNames.Canonical(label, form);
        if (canonical.Length > 0 || string.IsNullOrWhiteSpace(label))
            return canonical;
        errors.Add(
            new(field, $"'{Problems.Shorten(label)}' means that there is no label, so it cannot be a class; call the class something else.")
        );
        return label;
    }
}
