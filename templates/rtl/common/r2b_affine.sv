// Each channel of a word times its multiplier, shifted onto the finer grid, plus its bias. x stands at t, multipliers
// at t + 1, biases and shifts at t + 1 + MULTIPLIED; the sums, two's complement, at t + 1 + MULTIPLIED + BIASED.
//
// The shift is SHIFT and, where SHIFT_BITS is not zero, a further amount a channel.
module r2b_affine #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned X_BITS = 8,
    parameter bit X_SIGNED = 1'b1,
    parameter bit MULTIPLIED = 1'b0,
    parameter int unsigned MULTIPLIER_BITS = 1,
    parameter bit MULTIPLIER_SIGNED = 1'b1,
    parameter bit IN_DSP = 1'b0,
    parameter bit BIASED = 1'b0,
    parameter int unsigned BIAS_BITS = 1,
    parameter int unsigned SHIFT = 0,
    parameter int unsigned SHIFT_BITS = 0,
    parameter int unsigned SUM_BITS = 8,
    localparam int unsigned AMOUNT_BITS = SHIFT_BITS == 0 ? 1 : SHIFT_BITS
) (
    input  logic                                clk,
    input  logic [CHANNELS*X_BITS-1:0]          x,
    input  logic [CHANNELS*MULTIPLIER_BITS-1:0] multipliers,
    input  logic [CHANNELS*BIAS_BITS-1:0]       biases,
    input  logic [CHANNELS*AMOUNT_BITS-1:0]     shifts,
    output logic [CHANNELS*SUM_BITS-1:0]        sums
);
    localparam int unsigned PRODUCT_BITS = X_BITS + (MULTIPLIED ? MULTIPLIER_BITS : 0);
    localparam bit PRODUCT_SIGNED = X_SIGNED || (MULTIPLIED && MULTIPLIER_SIGNED);
    logic [CHANNELS*X_BITS-1:0] word;
    always_ff @(posedge clk) word <= x;

    logic [CHANNELS*PRODUCT_BITS-1:0] products;
    if (MULTIPLIED) begin : g_multiplied
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
            r2b_product #(
                .A_BITS(X_BITS),
                .A_SIGNED(X_SIGNED),
                .B_BITS(MULTIPLIER_BITS),
                .B_SIGNED(MULTIPLIER_SIGNED),
                .IN_DSP(IN_DSP)
            ) multiplication (
                .clk,
                .a(word[channel*X_BITS+:X_BITS]),
                .b(multipliers[channel*MULTIPLIER_BITS+:MULTIPLIER_BITS]),
                .product(products[channel*PRODUCT_BITS+:PRODUCT_BITS])
            );
        end
    end else begin : g_not_multiplied
        wire unused = &{1'b0, multipliers};
        assign products = word;
    end

    if (BIASED) begin : g_biased
        logic [CHANNELS*SUM_BITS-1:0] resized;
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
            r2b_resize #(
                .FROM(PRODUCT_BITS),
                .IS_SIGNED(PRODUCT_SIGNED),
                .TO(SUM_BITS)
            ) resize (
                .in(products[channel*PRODUCT_BITS+:PRODUCT_BITS]),
                .out(resized[channel*SUM_BITS+:SUM_BITS])
            );
        end
        logic [CHANNELS*SUM_BITS-1:0] aligned;
        r2b_align #(
            .CHANNELS(CHANNELS),
            .BITS(SUM_BITS),
            .SHIFT(SHIFT),
            .SHIFT_BITS(SHIFT_BITS)
        ) align (
            .amounts(shifts),
            .in(resized),
            .out(aligned)
        );
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_sum
            logic [SUM_BITS-1:0] bias;
            // Kept: Yosys would draw this sum into the adder of the next product's DSP48, though others need it too.
            (* keep *) logic [SUM_BITS-1:0] sum;
            r2b_resize #(
                .FROM(BIAS_BITS),
                .TO(SUM_BITS)
            ) resize (
                .in(biases[channel*BIAS_BITS+:BIAS_BITS]),
                .out(bias)
            );
            always_ff @(posedge clk) sum <= aligned[channel*SUM_BITS+:SUM_BITS] + bias;
            assign sums[channel*SUM_BITS+:SUM_BITS] = sum;
        end
    end else begin : g_not_biased
        wire unused = &{1'b0, biases, shifts};
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
            r2b_resize #(
                .FROM(PRODUCT_BITS),
                .IS_SIGNED(PRODUCT_SIGNED),
                .TO(SUM_BITS)
            ) resize (
                .in(products[channel*PRODUCT_BITS+:PRODUCT_BITS]),
                .out(sums[channel*SUM_BITS+:SUM_BITS])
            );
        end
    end
endmodule
