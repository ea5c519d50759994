// Channel sum: the sum of a pixel's channels, or of their magnitudes where ABSOLUTE. Latency 3.
//
//     t + 1  the word's integers, or magnitudes
//     t + 2  their sums by groups of up to 16, an adder tree each
//     t + 3  the sum over groups and folds so far
//
// A word's sum fits SUM_BITS, which hold a whole pixel's.
module r2b_channel_sum #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter bit ABSOLUTE = 1'b0,
    parameter int unsigned SUM_BITS = 12,
    parameter int unsigned CHANNELS = 1
) (
    input  logic                     clk,
    input  logic                     rst,
    input  logic                     main_fire,
    input  logic                     main_begins_pixel,
    input  logic [CHANNELS*BITS-1:0] x_data,
    output logic [SUM_BITS-1:0]      y_data
);
    wire unused = &{1'b0, rst};
    // The magnitude of the least integer needs all bits, without a sign.
    localparam bit TERMS_SIGNED = IS_SIGNED && !ABSOLUTE;
    localparam int unsigned GROUPS = (CHANNELS + 15) / 16;
    localparam int unsigned GROUP = (CHANNELS + GROUPS - 1) / GROUPS;
    localparam int unsigned GROUP_BITS = BITS + $clog2(GROUP);
    localparam int unsigned WORD_BITS = GROUP_BITS + $clog2(GROUPS);
    localparam int unsigned KEPT = WORD_BITS < SUM_BITS ? WORD_BITS : SUM_BITS;
    logic fire_1;
    logic fire_2;
    logic begins_1;
    logic begins_2;
    logic [GROUPS*GROUP*BITS-1:0] terms;
    logic [GROUPS*GROUP_BITS-1:0] group_sums;
    logic [WORD_BITS-1:0] word_sum;
    logic [SUM_BITS-1:0] sum;
    always_ff @(posedge clk) begin
        fire_1 <= main_fire;
        fire_2 <= fire_1;
        begins_1 <= main_begins_pixel;
        begins_2 <= begins_1;
        if (fire_2) y_data <= sum;
    end
    if (KEPT < WORD_BITS) begin : g_spare
        wire unused_bits = &{1'b0, word_sum[WORD_BITS-1:KEPT]};
    end
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        logic [BITS-1:0] x;
        assign x = x_data[channel*BITS+:BITS];
        if (ABSOLUTE && IS_SIGNED) begin : g_magnitude
            always_ff @(posedge clk) terms[channel*BITS+:BITS] <= x[BITS-1] ? -x : x;
        end else begin : g_value
            always_ff @(posedge clk) terms[channel*BITS+:BITS] <= x;
        end
    end
    if (CHANNELS < GROUPS * GROUP) begin : g_fill
        assign terms[GROUPS*GROUP*BITS-1:CHANNELS*BITS] = '0;
    end
    for (genvar group = 0; group < GROUPS; group++) begin : g_group
        logic [GROUP_BITS-1:0] group_sum;
        r2b_sum #(
            .BITS(BITS),
            .IS_SIGNED(TERMS_SIGNED),
            .COUNT(GROUP)
        ) add_channels (
            .values(terms[group*GROUP*BITS+:GROUP*BITS]),
            .sum(group_sum)
        );
        always_ff @(posedge clk) group_sums[group*GROUP_BITS+:GROUP_BITS] <= group_sum;
    end
    r2b_sum #(
        .BITS(GROUP_BITS),
        .IS_SIGNED(TERMS_SIGNED),
        .COUNT(GROUPS)
    ) add_groups (
        .values(group_sums),
        .sum(word_sum)
    );
    r2b_accumulate #(
        .BITS(KEPT),
        .IS_SIGNED(TERMS_SIGNED),
        .SUM_BITS(SUM_BITS)
    ) add_folds (
        .value(word_sum[KEPT-1:0]),
        .begins(begins_2),
        .so_far(y_data),
        .sum
    );
endmodule
