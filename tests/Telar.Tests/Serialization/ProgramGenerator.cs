using System.Globalization;
using System.Text;

namespace Telar.Tests.Serialization;

/// <summary>
/// Writes random C# classes whose method <c>Make</c> builds scopes full of captured locals and returns one lambda. Only the lambda returned is
/// kept free of things that cannot be sent (unless asked otherwise); the scopes it shares with others are full of them.
/// </summary>
internal sealed class ProgramGenerator(int seed)
{
    internal const string Prelude =
        """
        using System; using System.Collections.Generic; using System.IO; using System.Linq; using System.Threading; using System.Threading.Tasks;
        public static class Keep { public static readonly List<Delegate> All = new(); public static T Id<T>(T x) => x; public static int Run(Func<int> f) => f(); public static Task Done() => Task.CompletedTask; public static int Total(this IEnumerable<int> all) => all.Aggregate(0, (x, y) => x + y); public static Seq Of(List<int> all) => new(all); public static int Total(this List<Func<int>> all) { int sum = 0; foreach (Func<int> f in all) { sum += f(); } return sum; } }
        // One overload each: a compiler tries every overload on every lambda inside a lambda.
        public sealed record Seq(IEnumerable<int> All) { public Seq Where(Func<int, bool> f) => new(All.Where(f)); public Seq Select(Func<int, int> f) => new(All.Select(f)); public int Total() => All.Total(); }
        public sealed record Rec(int A, string B);
        public record struct Pair(int A, string B);
        public sealed record Resource(int A) : IDisposable { public void Dispose() { } }

        """;

    private readonly Random _random = new(seed);
    private readonly StringBuilder _code = new();
    private readonly List<(string Name, string Kind)> _visible = [];
    private int _names;
    private int _indent;
    private int _functions;
    private bool _made;

    /// <summary>Whether the lambda uses something that cannot be sent, somewhere below it.</summary>
    internal bool Poisoned { get; private set; }

    internal string Make(string className, bool poison)
    {
        int shape = _random.Next(4);
        (string header, string method) = shape switch
        {
            0 => ($"public static class {className}", "public static Func<string> Make()"),
            1 => ($"public sealed record {className}(int Own, string Text)", "public Func<string> Make()"),
            2 => ($"public static class {className}<T>", "public static Func<string> Make<U>(T first, U second)"),
            _ => ($"public sealed record {className}<T>(int Own, T Text)", "public Func<string> Make<U>(U second)"),
        };
        Open(header);
        Open(method);
        if (shape is 1 or 3)
        {
            _visible.Add(("Own", "int"));
            _visible.Add(("this.Own", "int"));
            _visible.Add((shape == 1 ? "Text" : "(\"\" + Text)", "string"));
        }

        if (shape is 2 or 3)
        {
            _visible.Add(("(\"\" + second + typeof(U).Name)", "string"));
        }

        if (shape == 2)
        {
            _visible.Add(("first!.ToString()!", "string"));
        }

        Line("Func<string> result = null!;");
        Local("int");
        Local("string");
        Statements(_random.Next(4, 9), 0, allowResult: true);
        if (!_made || poison)
        {
            Result(poison);
        }

        Line("return result;");
        Close();
        Close();
        return _code.ToString();
    }

    private void Statements(int count, int depth, bool allowResult)
    {
        for (int i = 0; i < count; i++)
        {
            Statement(depth, allowResult);
        }
    }

    private void Statement(int depth, bool allowResult)
    {
        switch (_random.Next(depth > 1 ? 12 : 22))
        {
            case 0 or 1:
                Local(Pick("int", "int", "string", "list", "tuple", "rec", "pair", "array", "object"));
                break;
            case 2 or 3:
                Unsendable();
                break;
            case 4:
                Line($"{Variable("int")} += {Int(1)};");
                break;
            case 5:
                LambdaLocal(depth);
                break;
            case 6:
                LocalFunction(depth);
                break;
            case 7:
                string parsed = Name();
                Line($"_ = int.TryParse(\"{_random.Next(99)}\", out var {parsed});");
                _visible.Add((parsed, "int"));
                break;
            case 8:
                string anonymous = Name();
                Line($"var {anonymous} = new {{ A = {Int(1)}, B = {Text(1)} }};");
                _visible.Add(($"{anonymous}.A", "read"));
                _visible.Add(($"{anonymous}.B", "string"));
                break;
            case 9:
                (string a, string b) = (Name(), Name());
                Line($"var ({a}, {b}) = ({Int(1)}, {Text(1)});");
                _visible.Add((a, "int"));
                _visible.Add((b, "string"));
                break;
            case 10 or 11:
                if (allowResult)
                {
                    Result(poison: false);
                }
                else
                {
                    Line($"{Variable("int")} -= {Int(1)};");
                }

                break;
            case 12 or 13:
                Block("", depth, allowResult, null);
                break;
            case 14:
                string i = Name();
                Block($"for (int {i} = 0; {i} < {_random.Next(1, 4)}; {i}++)", depth, allowResult, (i, "read"), collects: true);
                break;
            case 15:
                string item = Name();
                Block($"foreach (var {item} in new[] {{ {Int(1)}, {Int(1)} }})", depth, allowResult, (item, "read"), collects: true);
                break;
            case 16:
                string resource = Name();
                Block($"using (var {resource} = new Resource({Int(1)}))", depth, allowResult, ($"{resource}.A", "read"));
                break;
            case 17:
                string matched = Name();
                Block($"if ((object)({Int(1)}) is int {matched})", depth, allowResult, (matched, "int"));
                break;
            case 18:
                Block("try", depth, allowResult, null);
                string caught = Name();
                Block($"catch (InvalidOperationException {caught}) when ({caught}.Message.Length > {Int(1)})", depth, false, ($"{caught}.Message.Length", "read"));
                Block("finally", depth, false, null);
                break;
            case 19:
                string guard = Name();
                Block($"switch ({Int(1)}) {{ case int {guard} when {guard} > -100000:", depth, allowResult, (guard, "int"), tail: " break; }");
                break;
            case 20:
                Line("lock (Keep.All)");
                Block("", depth, allowResult, null);
                break;
            default:
                string loop = Name();
                Line($"int {loop} = 0;");
                _visible.Add((loop, "read"));
                Block($"while ({loop}++ < 2)", depth, allowResult, null);
                break;
        }
    }

    private void Block(string header, int depth, bool allowResult, (string, string)? extra, bool collects = false, string tail = "")
    {
        string list = "";
        if (collects)
        {
            list = Name();
            Line($"var {list} = new List<Func<int>>();");
        }

        int mark = _visible.Count;
        if (header.Length > 0)
        {
            Line(header);
        }

        Line("{");
        _indent++;
        if (extra is { } variable)
        {
            _visible.Add(variable);
        }

        Statements(_random.Next(1, 4), depth + 1, allowResult);
        if (collects)
        {
            Line($"{list}.Add(() => {Int(2)});");
        }

        _indent--;
        Line("}" + tail);
        _visible.RemoveRange(mark, _visible.Count - mark);
        if (collects)
        {
            _visible.Add(($"{list}.Total()", "read"));
        }
    }

    private void Local(string kind)
    {
        string name = Name();
        Line(kind switch
        {
            "int" => $"int {name} = {Int(2)};",
            "string" => $"string {name} = {Text(2)};",
            "list" => $"var {name} = new List<int> {{ {Int(1)}, {Int(1)} }};",
            "tuple" => $"var {name} = ({Int(1)}, {Text(1)});",
            "rec" => $"var {name} = new Rec({Int(1)}, {Text(1)});",
            "pair" => $"var {name} = new Pair({Int(1)}, {Text(1)});",
            "array" => $"int[] {name} = [{Int(1)}, {Int(1)}, {Int(1)}];",
            _ => $"object {name} = {(_random.Next(2) == 0 ? Int(1) : Text(1))};",
        });
        switch (kind)
        {
            case "int" or "string":
                _visible.Add((name, kind));
                break;
            case "list":
                _visible.Add(($"{name}.Count", "read"));
                _visible.Add(($"Keep.Of({name}).Where(qa{name} => qa{name} > {Int(1)}).Total()", "read"));
                _visible.Add(($"(from qb{name} in Keep.Of({name}) where qb{name} != {Int(1)} select qb{name} + {Int(1)}).Total()", "read"));
                break;
            case "tuple":
                _visible.Add(($"{name}.Item1", "int"));
                _visible.Add(($"{name}.Item2", "string"));
                break;
            case "rec":
                _visible.Add(($"({name} with {{ A = {name}.A + 1 }}).A", "read"));
                _visible.Add(($"{name}.B", "string"));
                break;
            case "pair":
                _visible.Add(($"{name}.A", "int"));
                _visible.Add(($"{name}.B", "string"));
                break;
            case "array":
                _visible.Add(($"{name}[1]", "int"));
                _visible.Add(($"{name}[1..].Length", "read"));
                break;
            default:
                _visible.Add(($"({name} is int v{name} ? v{name} : {Int(1)})", "once"));
                _visible.Add(($"({name} switch {{ string {{ Length: > 2 }} => 1, int => 2, _ => 3 }})", "read"));
                break;
        }
    }

    // What cannot be sent, and a lambda that captures it, so that it shares the scope's closure with all others.
    private void Unsendable()
    {
        string name = Name();
        Line(_random.Next(4) switch
        {
            0 => $"Stream {name} = new MemoryStream();",
            1 => $"Task<int> {name} = Task.FromResult(1);",
            2 => $"var {name} = new CancellationTokenSource();",
            _ => $"object {name} = new object();",
        });
        Line(_random.Next(3) switch
        {
            0 => $"Keep.All.Add((Func<int>)(() => {name}.GetHashCode() + {Int(1)}));",
            1 => $"Keep.All.Add((Action)(() => {{ Func<object> nested = () => {name}; nested(); }}));",
            _ => $"int F{name}() => {name}.GetHashCode() + {Int(1)}; Keep.All.Add((Func<int>)F{name});",
        });
        _visible.Add((name, "unsendable"));
    }

    private void LambdaLocal(int depth)
    {
        if (_functions++ > 7)
        {
            return;
        }

        string name = Name();
        int mark = _visible.Count;
        switch (_random.Next(4))
        {
            case 0:
                Line($"Func<int> {name} = () => {Int(2)};");
                _visible.Add(($"{name}()", "read"));
                break;
            case 1:
                string p = Name();
                _visible.Add((p, "read"));
                Line($"Func<int, int> {name} = {p} => {p} + {Int(2)};");
                _visible.RemoveRange(mark, _visible.Count - mark);
                _visible.Add(($"{name}({Int(0)})", "read"));
                break;
            case 2:
                Line($"Func<int> {name} = () =>");
                Body(depth, $"return {Int(2)};", ";");
                _visible.RemoveRange(mark, _visible.Count - mark);
                _visible.Add(($"{name}()", "read"));
                break;
            default:
                Line($"Func<Task<int>> {name} = async () =>");
                Body(depth, $"await Keep.Done(); int z = {Int(1)}; await Task.CompletedTask; return z + {Int(1)};", ";");
                _visible.RemoveRange(mark, _visible.Count - mark);
                _visible.Add(($"{name}().Result", "read"));
                break;
        }
    }

    private void LocalFunction(int depth)
    {
        if (_functions++ > 7)
        {
            return;
        }

        string name = Name();
        string parameter = Name();
        int mark = _visible.Count;
        _visible.Add((parameter, "read"));
        switch (_random.Next(6))
        {
            case 0:
                Line($"int {name}(int {parameter}) => {parameter} + {Int(2)};");
                break;
            case 1:
                Line($"int {name}(int {parameter}) => {parameter} <= 0 ? {Int(1)} : {name}({parameter} - 1) + {Int(1)};");
                break;
            case 2:
                Line($"int {name}(int {parameter})");
                Body(depth, $"return {Int(2)};", "");
                break;
            case 3:
                Line($"T{name} {name}g<T{name}>(int {parameter}, T{name} x) => {Int(1)} > 0 ? x : Keep.Id(x); int {name}(int {parameter}) => {name}g({Int(0)}, {Int(0)});");
                break;
            case 4:
                Line($"async Task<int> {name}a(int {parameter})");
                Body(depth, $"int z = {Int(1)}; await Keep.Done(); try {{ await Task.CompletedTask; }} finally {{ z += {Int(1)}; }} return z + {Int(1)};", "");
                Line($"int {name}(int {parameter}) => {name}a({parameter}).Result;");
                break;
            default:
                Line($"IEnumerable<int> {name}i(int {parameter})");
                Body(depth, $"for (int z = 0; z < 3; z++) {{ yield return z + {Int(1)}; }}", "");
                _visible.RemoveRange(mark, _visible.Count - mark);
                string sequence = Name();
                Line($"var {sequence} = {name}i({Int(0)});");
                Line($"int {name}(int {parameter}) => {name}i({parameter}).Total();");
                _visible.Add(($"{sequence}.Total()", "read"));
                mark++;
                break;
        }

        _visible.RemoveRange(mark, _visible.Count - mark);
        _visible.Add(($"{name}({_random.Next(3)})", "read"));
    }

    private void Body(int depth, string last, string tail)
    {
        Line("{");
        _indent++;
        Statements(_random.Next(0, 3), depth + 2, allowResult: false);
        Line(last);
        _indent--;
        Line("}" + tail);
    }

    private void Result(bool poison)
    {
        _made = true;
        string bad = poison && Names("unsendable") is { Count: > 0 } all ? all[_random.Next(all.Count)] : "";
        Poisoned = bad.Length > 0;
        string touch = bad.Length == 0 ? "" : _random.Next(4) switch
        {
            0 => $" + {bad}",
            1 => $" + ((Func<object>)(() => {bad}))()",
            2 => $" + ((Func<Func<object>>)(() => () => {bad}))()()",
            _ => $" + L{bad}()",
        };
        Line("result = () =>");
        Line("{");
        _indent++;
        int mark = _visible.Count;
        int functions = _functions;
        Statements(_random.Next(0, 3), 2, allowResult: false);
        if (touch.Contains($"L{bad}()", StringComparison.Ordinal) && bad.Length > 0)
        {
            Line($"async Task<object> A{bad}() {{ await Task.CompletedTask; return {bad}; }} object L{bad}() => A{bad}().Result;");
        }

        Line($"return {Text(2)} + \"|\" + {Int(3)}{touch};");
        _functions = functions;
        _visible.RemoveRange(mark, _visible.Count - mark);
        _indent--;
        Line("};");
    }

    private string Int(int depth)
    {
        List<string> names = [.. Names("int"), .. Names("read")];
        switch (_random.Next(depth <= 0 ? 3 : 8))
        {
            case 0:
                return _random.Next(100).ToString(CultureInfo.InvariantCulture);
            case 1 or 2 or 3:
                return names.Count > 0 ? names[_random.Next(names.Count)] : "7";
            case 4:
                return $"({Int(depth - 1)} + {Int(depth - 1)})";
            case 5:
                return $"({Int(depth - 1)} > {Int(depth - 1)} ? {Int(depth - 1)} : {Int(depth - 1)})";
            case 6:
                return $"Keep.Run(() => {Int(depth - 1)})";
            default:
                return $"({Text(depth - 1)}).Length";
        }
    }

    private string Text(int depth)
    {
        List<string> names = Names("string");
        return _random.Next(depth <= 0 ? 3 : 6) switch
        {
            0 => $"\"s{_random.Next(100)}\"",
            1 or 2 => names.Count > 0 ? names[_random.Next(names.Count)] : "\"t\"",
            3 => $"$\"{{{Int(0)}}},{{{(names.Count > 0 ? names[_random.Next(names.Count)] : "1")}}}\"",
            4 => $"({Text(depth - 1)} + {Int(depth - 1)})",
            _ => $"string.Concat({Text(depth - 1)}, {Text(depth - 1)})",
        };
    }

    private string Variable(string kind)
    {
        List<string> names = Names(kind).FindAll(static name => !name.Contains("Own", StringComparison.Ordinal));
        return names[_random.Next(names.Count)];
    }

    private List<string> Names(string kind) => [.. _visible.Where(v => v.Kind == kind).Select(v => v.Name)];

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private string Name() => string.Create(CultureInfo.InvariantCulture, $"n{_names++}");

    private void Open(string line)
    {
        Line(line);
        Line("{");
        _indent++;
    }

    private void Close()
    {
        _indent--;
        Line("}");
    }

    private void Line(string line) => _code.Append(' ', _indent * 2).AppendLine(line);
}
