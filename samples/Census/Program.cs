#pragma warning disable
using System.Diagnostics;
using Census.Analysis;
var files = Directory.GetFiles(args[0], "*.dll", SearchOption.AllDirectories).OrderByDescending(f => new FileInfo(f).Length).ToArray();
var sw = Stopwatch.StartNew();
var all = files.Select(f => Assemblies.Read(f, 10)).ToList();
Console.WriteLine($"{files.Length} {sw.Elapsed}");
foreach (var g in all.GroupBy(a => a.Kind)) Console.WriteLine($"{g.Key} {g.Count()} {g.Sum(x => x.Elapsed.TotalSeconds):F2}");
foreach (var d in all.Where(a => a.Problem != null).Take(20)) Console.WriteLine(d.Path + " " + d.Problem);
foreach (var m in Enum.GetValues<Metric>()) Console.WriteLine($"{m} {all.Where(a=>a.Counts.Length>0).Sum(a => a.Counts[(int)m])}");
foreach (var r in Enum.GetValues<Ranking>()) foreach (var f in all.Where(a=>a.Rankings.Length>0).SelectMany(a => a.Rankings[(int)r]).Distinct().OrderByDescending(f=>f.Value).Take(5)) Console.WriteLine($"{r} {f}");
foreach (var d in all.OrderByDescending(a=>a.Elapsed).Take(5)) Console.WriteLine(d.Path + " " + d.Elapsed);
return 0;
