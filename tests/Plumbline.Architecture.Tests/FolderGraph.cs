using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Plumbline.Architecture.Tests;

/// <summary>
/// Which folder of the house uses which, read from the compiled assemblies: so a use counts however it is written, with a using, by a
/// relative name or by inference. A folder is a namespace, as <c>Monitoring/Segments/ColdSpots</c>.
/// </summary>
internal sealed class FolderGraph
{
    private const string House = "Plumbline.";

    // The executable is called after the program.
    private static readonly Dictionary<string, string> Projects = new(StringComparer.Ordinal) { ["plumbline"] = "Plumbline.Server" };

    private readonly Dictionary<string, SortedSet<string>> _uses = new(StringComparer.Ordinal);

    /// <summary>Reads all assemblies of the house that lie beside this test.</summary>
    public static FolderGraph Read()
    {
        var graph = new FolderGraph();
        foreach (
            var file in Directory
                .GetFiles(AppContext.BaseDirectory, "*.dll")
                .Where(file => ProjectOf(Path.GetFileNameWithoutExtension(file)) is not null)
        )
        {
            using var module = ModuleDefinition.ReadModule(file);
            foreach (var type in module.GetTypes())
                graph.Add(type);
        }

        return graph;
    }

    /// <summary>Folders, each with those that it uses, in the order of their names.</summary>
    public IEnumerable<(string Folder, IReadOnlyCollection<string> Uses)> Folders =>
        _uses.OrderBy(use => use.Key, StringComparer.Ordinal).Select(use => (use.Key, (IReadOnlyCollection<string>)use.Value));

    /// <summary>Groups of folders that lead to one another, each ordered; none when there is no circle.</summary>
    public IReadOnlyList<string[]> Circles()
    {
        var reach = _uses.Keys.ToDictionary(folder => folder, Reachable, StringComparer.Ordinal);
        return
        [
            .. _uses
                .Keys.Where(folder => reach[folder].Contains(folder))
                .GroupBy(folder =>
                    string.Join(
                        ", ",
                        reach[folder]
                            .Where(other => reach.TryGetValue(other, out var back) && back.Contains(folder))
                            .Order(StringComparer.Ordinal)
                    )
                )
                .Select(group => group.Order(StringComparer.Ordinal).ToArray()),
        ];
    }

    private HashSet<string> Reachable(string folder)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([folder]);
        while (next.TryPop(out var at))
        {
            foreach (var use in _uses.GetValueOrDefault(at, []).Where(found.Add))
                next.Push(use);
        }

        return found;
    }

    private static string? ProjectOf(string assembly)
    {
        var project = Projects.GetValueOrDefault(assembly, assembly);
        return project.StartsWith(House, StringComparison.Ordinal) && !project.EndsWith(".Tests", StringComparison.Ordinal)
            ? project
            : null;
    }

    private static string? FolderOf(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type.Namespace.StartsWith(House, StringComparison.Ordinal) ? type.Namespace[House.Length..].Replace('.', '/') : null;
    }

    private void Add(TypeDefinition type)
    {
        if (FolderOf(type) is not { } folder)
            return;
        if (!_uses.TryGetValue(folder, out var uses))
            _uses[folder] = uses = new SortedSet<string>(StringComparer.Ordinal);
        new Walk(folder, uses).Type(type);
    }

    /// <summary>Everything that one type mentions.</summary>
    private sealed class Walk(string folder, SortedSet<string> uses)
    {
        public void Type(TypeDefinition type)
        {
            Use(type.BaseType);
            foreach (var implemented in type.Interfaces)
                Use(implemented.InterfaceType);
            Attributes(type);
            Constraints(type);
            foreach (var field in type.Fields)
            {
                Use(field.FieldType);
                Attributes(field);
            }

            foreach (var property in type.Properties)
                Attributes(property);
            foreach (var method in type.Methods)
                Method(method);
        }

        private void Method(MethodDefinition method)
        {
            Attributes(method);
            Constraints(method);
            Use(method.ReturnType);
            foreach (var parameter in method.Parameters)
                Use(parameter.ParameterType);
            if (!method.HasBody)
                return;
            foreach (var local in method.Body.Variables)
                Use(local.VariableType);
            foreach (var handler in method.Body.ExceptionHandlers)
                Use(handler.CatchType);
            foreach (var instruction in method.Body.Instructions)
                Operand(instruction);
        }

        private void Operand(Instruction instruction)
        {
            switch (instruction.Operand)
            {
                case TypeReference used:
                    Use(used);
                    break;
                case FieldReference used:
                    Use(used.DeclaringType);
                    Use(used.FieldType);
                    break;
                case MethodReference used:
                    Use(used.DeclaringType);
                    Use(used.ReturnType);
                    if (used is GenericInstanceMethod generic)
                        Arguments(generic);
                    break;
            }
        }

        private void Attributes(ICustomAttributeProvider provider)
        {
            if (!provider.HasCustomAttributes)
                return;
            foreach (var attribute in provider.CustomAttributes)
                Use(attribute.AttributeType);
        }

        private void Constraints(IGenericParameterProvider provider)
        {
            foreach (var parameter in provider.GenericParameters)
            {
                foreach (var constraint in parameter.Constraints)
                    Use(constraint.ConstraintType);
            }
        }

        private void Arguments(IGenericInstance instance)
        {
            foreach (var argument in instance.GenericArguments)
                Use(argument);
        }

        private void Use(TypeReference? used)
        {
            if (used is GenericInstanceType generic)
                Arguments(generic);
            if (used is TypeSpecification specification)
                Use(specification.ElementType);
            else if (used is not null and not GenericParameter && FolderOf(used) is { } other && other != folder)
                uses.Add(other);
        }
    }
}
