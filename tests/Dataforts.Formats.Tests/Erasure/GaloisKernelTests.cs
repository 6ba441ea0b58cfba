using Dataforts.Erasure;

namespace Dataforts.Formats.Tests.Erasure;

public sealed unsafe class GaloisKernelTests
{
    [Fact]
    public void Every_product_is_what_the_polynomial_says()
    {
        for (int a = 0; a < 256; a++)
        {
            for (int b = 0; b < 256; b++) Assert.Equal(GaloisPaths.Product(a, b), GaloisField.Multiply((byte)a, (byte)b));
        }
    }

    [Fact]
    public void An_element_times_its_inverse_is_one()
    {
        for (int a = 1; a < 256; a++) Assert.Equal(1, GaloisField.Multiply((byte)a, GaloisField.Inverse((byte)a)));
        Assert.Throws<DivideByZeroException>(() => GaloisField.Inverse(0));
    }

    [Theory]
    [MemberData(nameof(GaloisPaths.Names), MemberType = typeof(GaloisPaths))]
    public void Every_factor_times_every_byte_is_right_on_every_path(string name)
    {
        byte[] values = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        byte[] products = new byte[256];
        fixed (byte* input = values, output = products)
        {
            for (int factor = 0; factor < 256; factor++)
            {
                byte* inputs = input, outputs = output;
                byte one = (byte)factor;
                GaloisKernels.Multiply(GaloisPaths.Parse(name), &one, &inputs, 1, &outputs, 1, 256);
                for (int value = 0; value < 256; value++) Assert.Equal(GaloisPaths.Product(factor, value), products[value]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(GaloisPaths.Names), MemberType = typeof(GaloisPaths))]
    public void Every_number_of_inputs_and_outputs_gives_what_the_scalar_path_gives(string name)
    {
        var random = new Random(7);
        foreach ((int count, int rows) in from count in new[] { 1, 2, 3, 10, 124 } from rows in new[] { 1, 2, 3, 4, 5, 6, 7, 9 } select (count, rows))
        {
            foreach (int length in new[] { 64, 128, 192, 4096 + 64, 2 * 4096 })
            {
                byte[] matrix = new byte[count * rows], input = new byte[(count * length) + 3];
                random.NextBytes(matrix);
                random.NextBytes(input);
                Assert.Equal(
                    Multiply(GaloisPath.Scalar, matrix, count, rows, length, input),
                    Multiply(GaloisPaths.Parse(name), matrix, count, rows, length, input));
            }
        }
    }

    // Inputs that lie crooked in memory, outputs with guards around them.
    private static byte[] Multiply(GaloisPath path, byte[] matrix, int count, int rows, int length, byte[] input)
    {
        byte[] output = new byte[(rows * (length + 1)) + 1];
        output.AsSpan().Fill(0xA5);
        byte** inputs = stackalloc byte*[count];
        byte** outputs = stackalloc byte*[rows];
        fixed (byte* from = input, to = output, factors = matrix)
        {
            for (int i = 0; i < count; i++) inputs[i] = from + (i * length) + 3;
            for (int i = 0; i < rows; i++) outputs[i] = to + (i * (length + 1)) + 1;
            GaloisKernels.Multiply(path, factors, inputs, count, outputs, rows, (nuint)length);
        }
        for (int i = 0; i <= rows; i++) Assert.Equal(0xA5, output[i * (length + 1)]);
        return output;
    }
}
