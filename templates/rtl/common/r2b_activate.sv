// ReLU or PReLU of each channel of a word, on a grid 2**-EXPONENT finer: value << EXPONENT where it is not negative,
// value * slope else. PRELU: slopes stand with the word, results a cycle later. RELU: all slopes are zero; in the same cycle. Neither: the value alone, shifted; in the same cycle.
module r2b_activate #(
    parameter int unsigned CHANNELS = 1,
    parameter bit RELU = 1'b0,
    parameter bit PRELU = 1'b0,
    parameter int unsigned EXPONENT = 0,
    parameter int unsigned IN_BITS = 8,
    parameter int unsigned OUT_BITS = 8,
    parameter int unsigned SLOPE_BITS = 1,
    parameter bit SLOPE_SIGNED = 1'b1,
    parameter bit IN_DSP = 1'b0
) (
    input  logic                           clk,
    input  logic [CHANNELS*SLOPE_BITS-1:0] slopes,
    input  logic [CHANNELS*IN_BITS-1:0]    in,
    output logic [CHANNELS*OUT_BITS-1:0]   out
);
    if (!PRELU) begin : g_no_slopes
        wire unused = &{1'b0, clk, slopes};
    end
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        logic [IN_BITS-1:0] value;
        logic [OUT_BITS-1:0] resized;
        assign value = in[channel*IN_BITS+:IN_BITS];
        r2b_resize #(
            .FROM(IN_BITS),
            .TO(OUT_BITS)
        ) resize (
            .in(value),
            .out(resized)
        );
        if (!RELU && !PRELU) begin : g_none
            assign out[channel*OUT_BITS+:OUT_BITS] = resized << EXPONENT;
        end else if (RELU) begin : g_relu
            assign out[channel*OUT_BITS+:OUT_BITS] = value[IN_BITS-1] ? '0 : resized << EXPONENT;
        end else begin : g_prelu
            logic [OUT_BITS-1:0] positive;
            logic [IN_BITS+SLOPE_BITS-1:0] product;
            logic [OUT_BITS-1:0] negative;
            logic is_negative;
            always_ff @(posedge clk) begin
                positive <= resized << EXPONENT;
                is_negative <= value[IN_BITS-1];
            end
            r2b_product #(
                .A_BITS(IN_BITS),
                .B_BITS(SLOPE_BITS),
                .B_SIGNED(SLOPE_SIGNED),
                .IN_DSP(IN_DSP)
            ) multiplication (
                .clk,
                .a(value),
                .b(slopes[channel*SLOPE_BITS+:SLOPE_BITS]),
                .product
            );
            r2b_resize #(
                .FROM(IN_BITS + SLOPE_BITS),
                .TO(OUT_BITS)
            ) product_resize (
                .in(product),
                .out(negative)
            );
            assign out[channel*OUT_BITS+:OUT_BITS] = is_negative ? negative : positive;
        end
    end
endmodule
