// Product of a and b, exact, one cycle later; of LUTs or of DSP48s.
//
// Of LUTs it is a row for every two bits of one operand (Booth, radix 4): the sum so far plus -2, -1, 0, 1 or 2 times
// the other operand. Each bit of a row is a function of six inputs, one LUT, and the row one carry chain.
module r2b_product #(
    parameter int unsigned A_BITS = 8,
    parameter bit A_SIGNED = 1'b1,
    parameter int unsigned B_BITS = 8,
    parameter bit B_SIGNED = 1'b1,
    parameter bit IN_DSP = 1'b0
) (
    input  logic                     clk,
    input  logic [A_BITS-1:0]        a,
    input  logic [B_BITS-1:0]        b,
    output logic [A_BITS+B_BITS-1:0] product
);
    localparam int unsigned BITS = A_BITS + B_BITS;
    if (IN_DSP) begin : g_dsp
        // A DSP48 multiplies signed numbers.
        logic signed [A_BITS:0] signed_a;
        logic signed [B_BITS:0] signed_b;
        assign signed_a = {A_SIGNED && a[A_BITS-1], a};
        assign signed_b = {B_SIGNED && b[B_BITS-1], b};
        (* use_dsp = "yes" *) logic signed [BITS+1:0] result;
        wire unused = &{1'b0, result[BITS+1:BITS]};
        always_ff @(posedge clk) result <= signed_a * signed_b;
        assign product = result[BITS-1:0];
    end else begin : g_luts
        // An unsigned operand needs a zero above it; the operand with fewer digits takes fewer rows.
        localparam int unsigned A_ROWS = (A_BITS + 32'(!A_SIGNED) + 1) / 2;
        localparam int unsigned B_ROWS = (B_BITS + 32'(!B_SIGNED) + 1) / 2;
        (* use_dsp = "no" *) logic [BITS-1:0] result;
        logic [BITS-1:0] sum;
        if (B_ROWS <= A_ROWS) begin : g_rows_of_b
            r2b_booth_rows #(
                .BITS(A_BITS),
                .IS_SIGNED(A_SIGNED),
                .DIGIT_BITS(B_BITS),
                .DIGITS_SIGNED(B_SIGNED)
            ) rows (
                .operand(a),
                .multiplier(b),
                .product(sum)
            );
        end else begin : g_rows_of_a
            r2b_booth_rows #(
                .BITS(B_BITS),
                .IS_SIGNED(B_SIGNED),
                .DIGIT_BITS(A_BITS),
                .DIGITS_SIGNED(A_SIGNED)
            ) rows (
                .operand(b),
                .multiplier(a),
                .product(sum)
            );
        end
        always_ff @(posedge clk) result <= sum;
        assign product = result;
    end
endmodule
