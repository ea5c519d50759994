// Sums of one window: PE rows of binary weights times the window's words, accumulated over FOLDS words. Latency 3.
//
// x, valid and weights are one word of the window, its valid bits and the weights of PE rows for it, all of the
// iteration that fire and begins_sum speak of; sums hold 2 * popcount - valid synapses three cycles later, PE integers of
// SUM_BITS. They are complete after a window's last word. Windows that work side by side share one word of weights.
module r2b_xnor_rows #(
    parameter int unsigned PE = 1,
    parameter int unsigned TAPS = 1,
    parameter int unsigned SIMD = 1,
    parameter int unsigned FOLDS = 1,
    parameter bit VALID_BITS = 1'b0,
    parameter int unsigned SUM_BITS = 2,
    parameter POPCOUNT = "planned",
    parameter ACCUMULATORS = "lut",
    parameter bit [11:0] FREE_A = '0,
    parameter bit [11:0] FREE_B = '0
) (
    input  logic                    clk,
    input  logic                    fire,
    input  logic                    begins_sum,
    input  logic [TAPS*SIMD-1:0]    x,
    input  logic [TAPS-1:0]         valid,
    input  logic [PE*TAPS*SIMD-1:0] weights,
    output logic [PE*SUM_BITS-1:0]  sums
);
    localparam int unsigned SYNAPSES = TAPS * SIMD;
    localparam int unsigned TOTAL = FOLDS * SYNAPSES;
    localparam int unsigned GROUPS = VALID_BITS ? TAPS : 1;
    localparam int unsigned ROW_BITS = $clog2(SYNAPSES + 1);
    // The sum is 2 * half + TOTAL % 2, half = counts - TOTAL / 2 rounded up: only halves are accumulated.
    localparam int unsigned HALF_BITS = SUM_BITS - 1;
    localparam bit ODD = 1'(TOTAL % 2);
    // Yosys takes the minus in front of a cast for a part of its width.
    localparam bit [HALF_BITS-1:0] BEGIN = HALF_BITS'(-((TOTAL + 1) / 2));

    logic [1:0] fires;
    logic [1:0] begins;
    always_ff @(posedge clk) begin
        fires  <= {fires[0], fire};
        begins <= {begins[0], begins_sum};
    end

    logic [GROUPS-1:0] group_valid;
    if (VALID_BITS) begin : g_valid
        assign group_valid = valid;
    end else begin : g_all_valid
        wire unused = &{1'b0, valid};
        assign group_valid = 1'b1;
    end

    // An invalid group counts as half its synapses, rounded down. Where they are odd, the sum lacks one for each.
    logic [SUM_BITS-1:0] lack;
    if (VALID_BITS && SIMD % 2 == 1) begin : g_lack
        logic [SUM_BITS-1:0] invalid[2];
        always_ff @(posedge clk) begin
            invalid[0] <= SUM_BITS'($countones(~valid));
            invalid[1] <= invalid[0];
            if (fires[1]) lack <= (begins[1] ? '0 : lack) + invalid[1];
        end
    end else begin : g_no_lack
        assign lack = '0;
    end

    localparam bit IN_DSPS = ACCUMULATORS == "dsp";
    logic [PE*ROW_BITS-1:0] rows_a;
    logic [PE*ROW_BITS-1:0] rows_b;
    logic [PE*2-1:0] carry_inputs;
    logic [PE*HALF_BITS-1:0] halves;
    for (genvar row = 0; row < PE; row++) begin : g_row
        r2b_xnor_popcount #(
            .GROUPS(GROUPS),
            .WIDTH(SYNAPSES / GROUPS),
            .CARRY_INPUTS(IN_DSPS ? 0 : 2),
            .POPCOUNT(POPCOUNT)
        ) popcount (
            .clk,
            .x,
            .weights(weights[row*SYNAPSES+:SYNAPSES]),
            .valid(group_valid),
            .row_a(rows_a[row*ROW_BITS+:ROW_BITS]),
            .row_b(rows_b[row*ROW_BITS+:ROW_BITS]),
            .carry_inputs(carry_inputs[row*2+:2])
        );
        assign sums[row*SUM_BITS+:SUM_BITS] = {halves[row*HALF_BITS+:HALF_BITS], ODD} + lack;
    end
    if (IN_DSPS) begin : g_dsps
        wire unused = &{1'b0, carry_inputs};
        for (genvar row = 0; row < PE; row += 4) begin : g_dsp
            localparam int unsigned LANES = PE - row < 4 ? PE - row : 4;
            r2b_dsp_accumulators #(
                .LANES(LANES),
                .BITS(HALF_BITS),
                .ROW_BITS(ROW_BITS),
                .BEGIN(BEGIN),
                .FREE_A(FREE_A),
                .FREE_B(FREE_B),
                .STRUCTURE(POPCOUNT)
            ) accumulators (
                .clk,
                .fire(fires[1]),
                .begins(begins[1]),
                .row_a(rows_a[row*ROW_BITS+:LANES*ROW_BITS]),
                .row_b(rows_b[row*ROW_BITS+:LANES*ROW_BITS]),
                .sums(halves[row*HALF_BITS+:LANES*HALF_BITS])
            );
        end
    end else begin : g_luts
        for (genvar row = 0; row < PE; row++) begin : g_lut
            r2b_accumulator #(
                .BITS(HALF_BITS),
                .ROW_BITS(ROW_BITS),
                .BEGIN(BEGIN),
                .STRUCTURE(POPCOUNT)
            ) accumulator (
                .clk,
                .fire(fires[1]),
                .begins(begins[1]),
                .row_a(rows_a[row*ROW_BITS+:ROW_BITS]),
                .row_b(rows_b[row*ROW_BITS+:ROW_BITS]),
                .carry_inputs(carry_inputs[row*2+:2]),
                .sum(halves[row*HALF_BITS+:HALF_BITS])
            );
        end
    end
endmodule
