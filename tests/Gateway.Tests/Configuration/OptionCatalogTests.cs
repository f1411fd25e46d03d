using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Gateway.Configuration;
using Gateway.Core.Options;

namespace Gateway.Tests.Configuration;

public class OptionCatalogTests
{
    /// <summary>A class that the catalogue forgets would have options that nobody validates, documents or can write a size in.</summary>
    [Fact]
    public void Catalog_EveryOptionClassOfTheEngine_IsListed()
    {
        var listed = OptionCatalog.Sections.Select(section => section.Path).ToHashSet();

        Assert.All(Classes(typeof(GatewayOptions), "Gateway"), path => Assert.Contains(path, listed));
    }

    [Fact]
    public void Catalog_EveryOption_SaysWhatItMeans() =>
        Assert.All(OptionCatalog.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Meaning), option.Name));

    [Fact]
    public void Catalog_EveryDefault_IsWithinItsOwnBounds() =>
        Assert.All(OptionCatalog.Options, option => Assert.Null(OptionReader.Read(new ConfiguredOption(option, option.Name, option.Default), out _)));

    [Fact]
    public void Catalog_EveryNumber_HasBounds() =>
        Assert.All(
            OptionCatalog.Options.Where(option => option.Kind is OptionKind.Number or OptionKind.Size or OptionKind.Duration),
            option => Assert.NotEmpty(option.Bounds));

    /// <summary>What <c>--help</c> says may be set can be set, whatever the type that holds it, and the next number cannot.</summary>
    [Fact]
    public void Catalog_EveryBoundOfANumber_IsTakenAndBoundAndNothingBeyondIt() =>
        Assert.All(OptionCatalog.Options.Where(option => option.Kind is OptionKind.Number or OptionKind.Size), option =>
        {
            var range = Assert.Single(option.Rules.OfType<RangeAttribute>());
            var (least, most) = (Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture), Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture));
            foreach (var bound in (long[])[least, most])
            {
                Assert.Null(Read(option, Text(bound)));
                // A number that its property cannot hold makes the binder throw.
                Assert.DoesNotContain(Bound.Of((option.Name, Text(bound))).Errors, error => error.Problem.Contains("bounds", StringComparison.Ordinal));
            }

            Assert.NotNull(Read(option, Text(least - 1)));
            Assert.NotNull(Read(option, Text(most + 1)));
            Assert.NotNull(Read(option, Text(long.MaxValue)));
        });

    [Fact]
    public void Catalog_EveryBoundOfASize_IsWrittenAsItIsRead() =>
        Assert.All(OptionCatalog.Options.Where(option => option.Kind == OptionKind.Size), option =>
            Assert.All(option.Bounds.Split(" to "), bound => Assert.Null(Read(option, bound))));

    [Fact]
    public void Help_EveryOption_StandsWithItsDefault()
    {
        var help = HelpText.Write("1.2.3");

        Assert.All(OptionCatalog.Options, option =>
            Assert.Contains($"{option.Name}  (default: {(option.Default.Length == 0 ? "empty" : option.Default)}", help));
    }

    private static ConfigurationError? Read(OptionDescription option, string value) => OptionReader.Read(new ConfiguredOption(option, option.Name, value), out _);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Classes(Type type, string path)
    {
        yield return path;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var isList = property.PropertyType.IsGenericType;
            var item = isList ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            if (item.Namespace != typeof(GatewayOptions).Namespace || item.IsEnum)
                continue;
            foreach (var nested in Classes(item, $"{path}:{property.Name}{(isList ? ":*" : "")}"))
                yield return nested;
        }
    }
}
