namespace Census.Reports;

using System.Text.Encodings.Web;
using System.Text.Json;
using Census.Analysis;

/// <summary>The result as JSON: the same bytes in whatever way it was found.</summary>
/// <remarks>So no time of day, no duration and no process is in it, and everything is sorted.</remarks>
internal static class JsonReport
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // method names are full of < and >
    };

    public static byte[] Write(CensusTotal total, string folder, int top)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, s_options))
        {
            json.WriteStartObject();
            json.WriteString("folder", folder);
            WriteFiles(json, total);
            WriteCounts(json, total);
            WriteNames(json, "opcodes", total.OpcodesByUse);
            WriteRankings(json, total, top);
            WriteNames(json, "callsTo", total.CallsByAssembly);
            WriteProblems(json, total, folder);
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WriteFiles(Utf8JsonWriter json, CensusTotal total)
    {
        json.WriteStartObject("files");
        foreach (FileKind kind in Enum.GetValues<FileKind>())
        {
            json.WriteNumber(Key(kind), total[kind]);
        }

        json.WriteNumber("distinctBuilds", total.DistinctBuilds);
        json.WriteNumber("bytes", total.Bytes);
        json.WriteNumber("bytesInCopies", total.BytesInCopies);
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, CensusTotal total)
    {
        json.WriteStartObject("counts");
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            json.WriteNumber(Key(metric), total[metric]);
        }

        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string key, IEnumerable<NameCount> counts)
    {
        json.WriteStartObject(key);
        foreach (NameCount entry in counts)
        {
            json.WriteNumber(entry.Name, entry.Count);
        }

        json.WriteEndObject();
    }

    private static void WriteRankings(Utf8JsonWriter json, CensusTotal total, int top)
    {
        json.WriteStartObject("rankings");
        foreach (Ranking ranking in Enum.GetValues<Ranking>())
        {
            json.WriteStartArray(Key(ranking));
            foreach (RankedMethod method in total[ranking].Take(top))
            {
                json.WriteStartObject();
                json.WriteString("method", method.Method);
                json.WriteString("assembly", method.Assembly);
                json.WriteNumber("value", method.Value);
                json.WriteNumber("copies", method.Copies);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteProblems(Utf8JsonWriter json, CensusTotal total, string folder)
    {
        json.WriteStartArray("problems");
        foreach (FileCensus file in total.Problems)
        {
            json.WriteStartObject();
            json.WriteString("file", Installation.NameOf(file.Path, folder));
            json.WriteString("kind", Key(file.Kind));
            json.WriteString("problem", file.Problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Key<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
