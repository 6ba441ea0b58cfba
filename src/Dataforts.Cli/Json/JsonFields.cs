using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Dataforts.Content;

namespace Dataforts.Cli.Json;

/// <summary>A JSON object of which every field is known, there once, and of its type. Anything else is an <see cref="ItemException"/>.</summary>
internal readonly struct JsonFields
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly JsonElement _object;
    private readonly string _what;

    /// <param name="element">The object.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="names">The fields it may have; what is asked for has to be there.</param>
    public JsonFields(JsonElement element, string what, params ReadOnlySpan<string> names)
    {
        (_object, _what) = (element, what);
        RequireObject(element, what);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            bool known = false;
            foreach (string name in names) known |= property.NameEquals(name);
            if (!known) throw ItemException.Invalid($"{what} has no field '{Shortened(property)}'");
        }
    }

    /// <summary>Parses one JSON text that fills <paramref name="utf8"/>. The caller disposes it.</summary>
    public static JsonDocument Parse(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) throw ItemException.Invalid("this is not UTF-8");
        try
        {
            // The text outlives the line's buffer, which the next read reuses.
            return JsonDocument.Parse(utf8.ToArray(), Options);
        }
        catch (JsonException error)
        {
            throw ItemException.Invalid($"this is not one JSON object: {error.Message}");
        }
    }

    /// <summary>The field <c>kind</c> of an object whose other fields depend on it.</summary>
    public static string KindOf(JsonElement element, string what)
    {
        RequireObject(element, what);
        return Text(Find(element, what, "kind"), what, "kind");
    }

    public JsonElement Element(string name) => Find(_object, _what, name);

    public string Text(string name) => Text(Element(name), _what, name);

    public BlobHash Hash(string name) =>
        BlobHash.TryParse(Text(name), out BlobHash hash)
            ? hash
            : throw ItemException.Invalid($"'{name}' of {_what} is not 64 lower-case hex digits");

    /// <summary>A JSON number, or a decimal string as it is written where a JSON number might be rounded.</summary>
    public ulong UInt64(string name)
    {
        JsonElement value = Element(name);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number)) return number;
        if (value.ValueKind == JsonValueKind.String
            && Text(value, _what, name) is { Length: > 0 } text
            && (text.Length == 1 || text[0] != '0')
            && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return number;
        }
        throw ItemException.Invalid($"'{name}' of {_what} is not a whole number from 0 to 2^64 - 1");
    }

    /// <summary>A number that the format keeps in fewer bits.</summary>
    public int Small(string name, int most) => (int)Bounded(name, (uint)most);

    /// <inheritdoc cref="Small"/>
    public uint UInt32(string name) => Bounded(name, uint.MaxValue);

    /// <summary>The elements of a list.</summary>
    public JsonElement.ArrayEnumerator List(string name, out int count)
    {
        JsonElement value = Element(name);
        if (value.ValueKind != JsonValueKind.Array) throw ItemException.Invalid($"'{name}' of {_what} is not a list");
        count = value.GetArrayLength();
        return value.EnumerateArray();
    }

    private uint Bounded(string name, uint most)
    {
        ulong value = UInt64(name);
        return value <= most ? (uint)value : throw ItemException.OutOfFormat($"'{name}' of {_what} is {value}; the format has room for {most} at most");
    }

    private static void RequireObject(JsonElement element, string what)
    {
        if (element.ValueKind != JsonValueKind.Object) throw ItemException.Invalid($"{what} is a JSON object");
    }

    private static JsonElement Find(JsonElement element, string what, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value : throw ItemException.Invalid($"{what} needs the field '{name}'");

    private static string Text(JsonElement value, string what, string name)
    {
        if (value.ValueKind != JsonValueKind.String) throw ItemException.Invalid($"'{name}' of {what} is not a string");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ItemException.Invalid($"'{name}' of {what} is not Unicode text: it has half of a surrogate pair");
        }
    }

    private static string Shortened(JsonProperty property)
    {
        const int Longest = 40;
        try
        {
            return property.Name.Length <= Longest ? property.Name : property.Name[..Longest] + "…";
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }
}
