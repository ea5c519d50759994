// Matching bits of x and weights: row_a + row_b + both carry_inputs = sum over GROUPS of popcount(x xnor weights).
// Latency 2.
//
// A group that is not valid counts as WIDTH / 2, rounded down, whatever its bits are: with an even WIDTH a synapse of
// zero then adds nothing to 2 * count - synapses. One group alone is always valid.
// POPCOUNT "planned" is a compressor tree of LUT6_2 and CARRY4 in synthesis, and in simulation where R2B_PRIMITIVES is
// defined; else, and "behavioural", the same is counted in words, in row_a alone. A planned tree may use CARRY_INPUTS.
module r2b_xnor_popcount #(
    parameter int unsigned GROUPS = 1,
    parameter int unsigned WIDTH = 64,
    parameter int unsigned CARRY_INPUTS = 2,
    parameter POPCOUNT = "planned",
    localparam int unsigned ROW_BITS = $clog2(GROUPS * WIDTH + 1)
) (
    input  logic                    clk,
    input  logic [GROUPS*WIDTH-1:0] x,
    input  logic [GROUPS*WIDTH-1:0] weights,
    input  logic [GROUPS-1:0]       valid,
    output logic [ROW_BITS-1:0]     row_a,
    output logic [ROW_BITS-1:0]     row_b,
    output logic [1:0]              carry_inputs
);
`ifdef SYNTHESIS
    localparam bit PRIMITIVES = 1'b1;
`elsif R2B_PRIMITIVES
    localparam bit PRIMITIVES = 1'b1;
`else
    localparam bit PRIMITIVES = 1'b0;
`endif
    localparam bit PLANNED = PRIMITIVES && POPCOUNT == "planned";
    if (PLANNED) begin : g_planned
        r2b_xnor_popcount_planned #(
            .GROUPS(GROUPS),
            .WIDTH(WIDTH),
            .CARRY_INPUTS(CARRY_INPUTS)
        ) planned (
            .clk,
            .x,
            .weights,
            .valid,
            .row_a,
            .row_b,
            .carry_inputs
        );
    end else begin : g_behavioural
        // Counted in parts of at most 64 bits before the first register, then added.
        localparam int unsigned PARTS = (WIDTH + 63) / 64;
        localparam int unsigned COUNT_BITS = $clog2((WIDTH > 64 ? 64 : WIDTH) + 1);
        logic [GROUPS*PARTS*COUNT_BITS-1:0] counts;
        for (genvar group = 0; group < GROUPS; group++) begin : g_group
            for (genvar part = 0; part < PARTS; part++) begin : g_part
                localparam int unsigned FIRST = group * WIDTH + part * 64;
                localparam int unsigned BITS = part == PARTS - 1 ? WIDTH - part * 64 : 64;
                localparam int unsigned HALF = BITS / 2;
                logic [COUNT_BITS-1:0] part_count;
                assign part_count = COUNT_BITS'($countones(x[FIRST+:BITS] ~^ weights[FIRST+:BITS]));
                always_ff @(posedge clk) begin
                    counts[(group*PARTS+part)*COUNT_BITS+:COUNT_BITS] <=
                        GROUPS == 1 || valid[group] ? part_count : COUNT_BITS'(HALF);
                end
            end
        end
        logic [ROW_BITS-1:0] sum;
        always_comb begin
            sum = '0;
            for (int unsigned i = 0; i < GROUPS * PARTS; i++) begin
                sum = sum + ROW_BITS'(counts[i*COUNT_BITS+:COUNT_BITS]);
            end
        end
        always_ff @(posedge clk) row_a <= sum;
        assign row_b = '0;
        assign carry_inputs = '0;
    end
endmodule
