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

    [Fact]
    public void Help_EveryOption_StandsWithItsDefault()
    {
        var help = HelpText.Write("1.2.3");

        Assert.All(OptionCatalog.Options, option =>
            Assert.Contains($"{option.Name}  (default: {(option.Default.Length == 0 ? "empty" : option.Default)}", help));
    }

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
