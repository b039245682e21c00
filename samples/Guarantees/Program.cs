using Guarantees;

// dotnet run -c Release --project samples/Guarantees -- G1 G7     two of them
// dotnet run -c Release --project samples/Guarantees -- all       all of them
// A case that must see a program die runs this one again, as 'child NAME'.
if (args is ["child", var child])
{
    return await Children.RunAsync(child);
}

if (args is [] or ["-h" or "--help", ..])
{
    Console.WriteLine($"usage: Guarantees all | {string.Join(' ', Catalogue.Cases.Select(known => known.Id))}   (docs/guarantees.md says what each one is)");
    return args is [] ? 2 : 0;
}

Case[] chosen = args is ["all"]
    ? Catalogue.Cases
    : [.. args.Select(id => Catalogue.Cases.FirstOrDefault(known => known.Id.Equals(id, StringComparison.OrdinalIgnoreCase))).OfType<Case>()];
if (chosen.Length == 0 || (args is not ["all"] && chosen.Length < args.Length))
{
    Console.Error.WriteLine($"There are: all {string.Join(' ', Catalogue.Cases.Select(known => known.Id))}. Not: {string.Join(' ', args)}");
    return 2;
}

bool kept = true;
foreach (Case one in chosen)
{
    kept &= await one.RunAsync();
}

return kept ? 0 : 1;
