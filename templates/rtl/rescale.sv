// Rescale: (x * multiplier + bias) * gate, then ReLU or PReLU, plus skip, then requantisation; each but the last may be
// absent. Latency 2, and one more for each of multiplier, bias, gate, PReLU and skip.
//
// The gate's words come with the first pixel and are kept for the frame. Requantisation rounds every channel at
// ROUND_SHIFT; a channel of a smaller shift is first shifted left by the difference, left_shifts. Constants stand when
// their stage needs them; those of absent stages are ignored.
module r2b_rescale #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned FOLDS = 1,
    parameter int unsigned X_BITS = 8,
    parameter bit X_SIGNED = 1'b1,
    parameter bit MULTIPLIED = 1'b0,
    parameter int unsigned MULTIPLIER_BITS = 1,
    parameter bit MULTIPLIER_SIGNED = 1'b1,
    parameter bit MULTIPLIER_IN_DSP = 1'b0,
    parameter bit BIASED = 1'b0,
    parameter int unsigned BIAS_BITS = 1,
    parameter int unsigned INPUT_SHIFT = 0,
    parameter int unsigned INPUT_SHIFT_BITS = 0,
    parameter int unsigned SUM_BITS = 8,
    parameter bit GATED = 1'b0,
    parameter int unsigned GATE_BITS = 1,
    parameter bit GATE_SIGNED = 1'b0,
    parameter bit GATE_IN_DSP = 1'b0,
    parameter GATE_STYLE = "distributed",
    parameter int unsigned PRODUCT_BITS = 8,
    parameter bit RELU = 1'b0,
    parameter bit PRELU = 1'b0,
    parameter int unsigned SLOPE_EXPONENT = 0,
    parameter int unsigned SLOPE_BITS = 1,
    parameter bit SLOPE_SIGNED = 1'b1,
    parameter bit SLOPE_IN_DSP = 1'b0,
    parameter int unsigned ACTIVATED_BITS = 8,
    parameter bit SKIPPED = 1'b0,
    parameter int unsigned SKIP_BITS = 1,
    parameter bit SKIP_SIGNED = 1'b1,
    parameter int unsigned ACTIVATED_SHIFT = 0,
    parameter int unsigned ACTIVATED_SHIFT_BITS = 0,
    parameter int unsigned SKIP_SHIFT = 0,
    parameter int unsigned SKIP_SHIFT_BITS = 0,
    parameter int unsigned TOTAL_BITS = ACTIVATED_BITS,
    parameter int unsigned ALIGNED_BITS = 8,
    parameter int unsigned LEFT_BITS = 0,
    parameter int ROUND_SHIFT = 0,
    parameter int unsigned ROUNDED_BITS = 8,
    parameter int unsigned OUT_BITS = 8,
    parameter longint LOW = -64'sd128,
    parameter longint HIGH = 64'sd127,
    parameter bit CLIPS_LOW = 1'b1,
    parameter bit CLIPS_HIGH = 1'b1,
    localparam int unsigned FOLD_BITS = FOLDS > 1 ? $clog2(FOLDS) : 1,
    localparam int unsigned INPUT_SHIFT_WIDTH = INPUT_SHIFT_BITS == 0 ? 1 : INPUT_SHIFT_BITS,
    localparam int unsigned ACTIVATED_SHIFT_WIDTH = ACTIVATED_SHIFT_BITS == 0 ? 1 : ACTIVATED_SHIFT_BITS,
    localparam int unsigned SKIP_SHIFT_WIDTH = SKIP_SHIFT_BITS == 0 ? 1 : SKIP_SHIFT_BITS,
    localparam int unsigned LEFT_WIDTH = LEFT_BITS == 0 ? 1 : LEFT_BITS
) (
    input  logic                                      clk,
    input  logic                                      rst,
    input  logic                                      main_fire,
    input  logic [FOLD_BITS-1:0]                      main_fold,
    input  logic                                      main_brings_gate,
    input  logic [CHANNELS*MULTIPLIER_BITS-1:0]       multipliers,
    input  logic [CHANNELS*BIAS_BITS-1:0]             biases,
    input  logic [CHANNELS*INPUT_SHIFT_WIDTH-1:0]     input_shifts,
    input  logic [CHANNELS*SLOPE_BITS-1:0]            slopes,
    input  logic [CHANNELS*ACTIVATED_SHIFT_WIDTH-1:0] activated_shifts,
    input  logic [CHANNELS*SKIP_SHIFT_WIDTH-1:0]      skip_shifts,
    input  logic [CHANNELS*LEFT_WIDTH-1:0]            left_shifts,
    input  logic [CHANNELS*X_BITS-1:0]                x_data,
    input  logic [CHANNELS*GATE_BITS-1:0]             g_data,
    input  logic [CHANNELS*SKIP_BITS-1:0]             s_data,
    output logic [CHANNELS*OUT_BITS-1:0]              y_data
);
    // Cycles after firing in which these stand.
    localparam int unsigned SUM_CYCLE = 1 + 32'(MULTIPLIED) + 32'(BIASED);
    localparam int unsigned ACTIVATED_CYCLE = SUM_CYCLE + 32'(GATED) + 32'(PRELU);
    wire unused = &{1'b0, rst};

    logic [CHANNELS*SUM_BITS-1:0] sums;
    r2b_affine #(
        .CHANNELS(CHANNELS),
        .X_BITS(X_BITS),
        .X_SIGNED(X_SIGNED),
        .MULTIPLIED(MULTIPLIED),
        .MULTIPLIER_BITS(MULTIPLIER_BITS),
        .MULTIPLIER_SIGNED(MULTIPLIER_SIGNED),
        .IN_DSP(MULTIPLIER_IN_DSP),
        .BIASED(BIASED),
        .BIAS_BITS(BIAS_BITS),
        .SHIFT(INPUT_SHIFT),
        .SHIFT_BITS(INPUT_SHIFT_BITS),
        .SUM_BITS(SUM_BITS)
    ) affine (
        .clk,
        .x(x_data),
        .multipliers,
        .biases,
        .shifts(input_shifts),
        .sums
    );

    logic [CHANNELS*PRODUCT_BITS-1:0] products;
    if (GATED) begin : g_gated
        logic [CHANNELS*GATE_BITS-1:0] kept;
        logic [CHANNELS*GATE_BITS-1:0] gates;
        r2b_word_buffer #(
            .WIDTH(CHANNELS * GATE_BITS),
            .DEPTH(FOLDS),
            .STYLE(GATE_STYLE)
        ) buffer (
            .clk,
            .fire(main_fire),
            .takes(main_brings_gate),
            .address(main_fold),
            .x_data(g_data),
            .data(kept)
        );
        r2b_delay_word #(
            .WIDTH(CHANNELS * GATE_BITS),
            .CYCLES(SUM_CYCLE - 1)
        ) gates_delay (
            .clk,
            .in(kept),
            .out(gates)
        );
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
            logic [SUM_BITS+GATE_BITS-1:0] product;
            r2b_product #(
                .A_BITS(SUM_BITS),
                .B_BITS(GATE_BITS),
                .B_SIGNED(GATE_SIGNED),
                .IN_DSP(GATE_IN_DSP)
            ) multiplication (
                .clk,
                .a(sums[channel*SUM_BITS+:SUM_BITS]),
                .b(gates[channel*GATE_BITS+:GATE_BITS]),
                .product
            );
            r2b_resize #(
                .FROM(SUM_BITS + GATE_BITS),
                .TO(PRODUCT_BITS)
            ) resize (
                .in(product),
                .out(products[channel*PRODUCT_BITS+:PRODUCT_BITS])
            );
        end
    end else begin : g_not_gated
        wire unused_gate = &{1'b0, main_fire, main_fold, main_brings_gate, g_data};
        assign products = sums;
    end

    logic [CHANNELS*ACTIVATED_BITS-1:0] activated;
    r2b_activate #(
        .CHANNELS(CHANNELS),
        .RELU(RELU),
        .PRELU(PRELU),
        .EXPONENT(SLOPE_EXPONENT),
        .IN_BITS(PRODUCT_BITS),
        .OUT_BITS(ACTIVATED_BITS),
        .SLOPE_BITS(SLOPE_BITS),
        .SLOPE_SIGNED(SLOPE_SIGNED),
        .IN_DSP(SLOPE_IN_DSP)
    ) activate (
        .clk,
        .slopes,
        .in(products),
        .out(activated)
    );

    logic [CHANNELS*TOTAL_BITS-1:0] totals;
    if (SKIPPED) begin : g_skipped
        logic [CHANNELS*SKIP_BITS-1:0] skips;
        r2b_delay_word #(
            .WIDTH(CHANNELS * SKIP_BITS),
            .CYCLES(ACTIVATED_CYCLE)
        ) skips_delay (
            .clk,
            .in(s_data),
            .out(skips)
        );
        logic [CHANNELS*TOTAL_BITS-1:0] wide_activated;
        logic [CHANNELS*TOTAL_BITS-1:0] wide_skips;
        logic [CHANNELS*TOTAL_BITS-1:0] aligned_activated;
        logic [CHANNELS*TOTAL_BITS-1:0] aligned_skips;
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
            r2b_resize #(
                .FROM(ACTIVATED_BITS),
                .TO(TOTAL_BITS)
            ) activated_resize (
                .in(activated[channel*ACTIVATED_BITS+:ACTIVATED_BITS]),
                .out(wide_activated[channel*TOTAL_BITS+:TOTAL_BITS])
            );
            r2b_resize #(
                .FROM(SKIP_BITS),
                .IS_SIGNED(SKIP_SIGNED),
                .TO(TOTAL_BITS)
            ) skip_resize (
                .in(skips[channel*SKIP_BITS+:SKIP_BITS]),
                .out(wide_skips[channel*TOTAL_BITS+:TOTAL_BITS])
            );
            logic [TOTAL_BITS-1:0] total;
            always_ff @(posedge clk) begin
                total <= aligned_activated[channel*TOTAL_BITS+:TOTAL_BITS] +
                    aligned_skips[channel*TOTAL_BITS+:TOTAL_BITS];
            end
            assign totals[channel*TOTAL_BITS+:TOTAL_BITS] = total;
        end
        r2b_align #(
            .CHANNELS(CHANNELS),
            .BITS(TOTAL_BITS),
            .SHIFT(ACTIVATED_SHIFT),
            .SHIFT_BITS(ACTIVATED_SHIFT_BITS)
        ) align_activated (
            .amounts(activated_shifts),
            .in(wide_activated),
            .out(aligned_activated)
        );
        r2b_align #(
            .CHANNELS(CHANNELS),
            .BITS(TOTAL_BITS),
            .SHIFT(SKIP_SHIFT),
            .SHIFT_BITS(SKIP_SHIFT_BITS)
        ) align_skips (
            .amounts(skip_shifts),
            .in(wide_skips),
            .out(aligned_skips)
        );
    end else begin : g_not_skipped
        wire unused_skip = &{1'b0, s_data, activated_shifts, skip_shifts};
        assign totals = activated;
    end

    logic [CHANNELS*ALIGNED_BITS-1:0] wide_totals;
    logic [CHANNELS*ALIGNED_BITS-1:0] aligned;
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_total
        r2b_resize #(
            .FROM(TOTAL_BITS),
            .TO(ALIGNED_BITS)
        ) resize (
            .in(totals[channel*TOTAL_BITS+:TOTAL_BITS]),
            .out(wide_totals[channel*ALIGNED_BITS+:ALIGNED_BITS])
        );
    end
    r2b_align #(
        .CHANNELS(CHANNELS),
        .BITS(ALIGNED_BITS),
        .SHIFT_BITS(LEFT_BITS)
    ) align (
        .amounts(left_shifts),
        .in(wide_totals),
        .out(aligned)
    );
    r2b_requantise #(
        .CHANNELS(CHANNELS),
        .IN_BITS(ALIGNED_BITS),
        .SHIFT(ROUND_SHIFT),
        .ROUNDED_BITS(ROUNDED_BITS),
        .OUT_BITS(OUT_BITS),
        .LOW(LOW),
        .HIGH(HIGH),
        .CLIPS_LOW(CLIPS_LOW),
        .CLIPS_HIGH(CLIPS_HIGH)
    ) requantise (
        .clk,
        .in(aligned),
        .out(y_data)
    );
endmodule
