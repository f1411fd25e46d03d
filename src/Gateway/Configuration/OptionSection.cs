using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Gateway.Core.Options;

namespace Gateway.Configuration;

/// <summary>The options of one class, found by walking its properties once.</summary>
/// <param name="Path">Where it is bound, <c>Gateway:Limits</c>; <c>*</c> stands for an item of a list, <c>Gateway:Endpoints:*</c>.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Type">The class.</param>
/// <param name="Options">Its options, in the order of the class.</param>
internal sealed record OptionSection(string Path, string Title, Type Type, IReadOnlyList<OptionDescription> Options)
{
    public static OptionSection Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(string path, string title)
        where T : new() => new(path, title, typeof(T), Describe<T>(path.Replace('*', '0')));

    private static OptionDescription[] Describe<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(string path)
        where T : new()
    {
        var defaults = new T();
        return [.. typeof(T).GetProperties()
            .Where(property => (property.CanWrite || IsListOfText(property)) && KindOf(property) is not null)
            .OrderBy(property => property.DeclaringType == typeof(T)) // what is inherited first
            .Select(property => new OptionDescription(
                IsListOfText(property) ? $"{path}:{property.Name}:0" : $"{path}:{property.Name}",
                KindOf(property)!.Value,
                IsListOfText(property) ? "" : Write(KindOf(property)!.Value, property.GetValue(defaults)),
                property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "",
                property.PropertyType.IsEnum ? [.. Enum.GetNames(property.PropertyType).Select(ChoiceText.Format)] : [],
                [.. property.GetCustomAttributes<ValidationAttribute>()],
                property.IsDefined(typeof(SecretAttribute)),
                IsListOfText(property)))];
    }

    private static bool IsListOfText(PropertyInfo property) => property.PropertyType == typeof(IList<string>);

    /// <summary>Null for a property that is a section or a list of sections.</summary>
    private static OptionKind? KindOf(PropertyInfo property)
    {
        var type = property.PropertyType;
        return type == typeof(string) || IsListOfText(property) ? OptionKind.Text
            : type == typeof(bool) ? OptionKind.Flag
            : type == typeof(TimeSpan) ? OptionKind.Duration
            : type == typeof(int) || type == typeof(long) ? property.Name.EndsWith("Bytes", StringComparison.Ordinal) ? OptionKind.Size : OptionKind.Number
            : type == typeof(double) ? OptionKind.Fraction
            : type.IsEnum ? OptionKind.Choice
            : null;
    }

    private static string Write(OptionKind kind, object? value) => kind switch
    {
        OptionKind.Flag => value is true ? "true" : "false",
        OptionKind.Duration => DurationText.Format((TimeSpan)value!),
        OptionKind.Size => SizeText.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        OptionKind.Choice => ChoiceText.Format(value!.ToString()!),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
