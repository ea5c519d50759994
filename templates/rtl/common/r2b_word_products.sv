// Each channel of a word times its factor, exact, one cycle later.
module r2b_word_products #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned X_BITS = 8,
    parameter bit X_SIGNED = 1'b1,
    parameter int unsigned FACTOR_BITS = 8,
    parameter bit FACTOR_SIGNED = 1'b0,
    parameter bit IN_DSP = 1'b0,
    parameter int unsigned Y_BITS = 16
) (
    input  logic                            clk,
    input  logic [CHANNELS*X_BITS-1:0]      word,
    input  logic [CHANNELS*FACTOR_BITS-1:0] factors,
    output logic [CHANNELS*Y_BITS-1:0]      out
);
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        logic [X_BITS+FACTOR_BITS-1:0] product;
        r2b_product #(
            .A_BITS(X_BITS),
            .A_SIGNED(X_SIGNED),
            .B_BITS(FACTOR_BITS),
            .B_SIGNED(FACTOR_SIGNED),
            .IN_DSP(IN_DSP)
        ) multiplication (
            .clk,
            .a(word[channel*X_BITS+:X_BITS]),
            .b(factors[channel*FACTOR_BITS+:FACTOR_BITS]),
            .product
        );
        r2b_resize #(
            .FROM(X_BITS + FACTOR_BITS),
            .IS_SIGNED(X_SIGNED || FACTOR_SIGNED),
            .TO(Y_BITS)
        ) resize (
            .in(product),
            .out(out[channel*Y_BITS+:Y_BITS])
        );
    end
endmodule
