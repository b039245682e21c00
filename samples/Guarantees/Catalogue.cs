namespace Guarantees;

internal static class Catalogue
{
    public static Case[] Cases { get; } =
    [
        new("G1", G01.TelarAsync, G01.DotNetAsync),
        new("G2", G02.TelarAsync, null),
        new("G3", G03.TelarAsync, null),
        new("G5", G05.TelarAsync, null),
        new("G6", G06.TelarAsync, G06.DotNetAsync),
        new("G7", G07.TelarAsync, G07.DotNetAsync),
        new("G8", G08.TelarAsync, null),
        new("G10", G10.TelarAsync, G10.DotNetAsync),
        new("G11", G11.TelarAsync, G11.DotNetAsync),
        new("G12", G12.TelarAsync, G12.DotNetAsync),
        new("G13", G13.TelarAsync, G13.DotNetAsync),
        new("G14", G14.TelarAsync, G14.DotNetAsync),
        new("G15", G15.TelarAsync, G15.DotNetAsync),
        new("G16", G16.TelarAsync, G16.DotNetAsync),
        new("G18", G18.TelarAsync, null),
    ];
}
