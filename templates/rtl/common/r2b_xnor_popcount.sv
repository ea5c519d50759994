// Matching bits of x and weights, counted: row_a + row_b = sum over GROUPS of popcount(x xnor weights). Latency 2.
//
// A group that is not valid counts as WIDTH / 2, rounded down, whatever its bits are: with an even WIDTH a synapse of
// zero then adds nothing to 2 * count - synapses.
module r2b_xnor_popcount #(
    parameter int unsigned GROUPS = 1,
    parameter int unsigned WIDTH = 64,
    localparam int unsigned ROW_BITS = $clog2(GROUPS * WIDTH + 1)
) (
    input  logic                    clk,
    input  logic [GROUPS*WIDTH-1:0] x,
    input  logic [GROUPS*WIDTH-1:0] weights,
    input  logic [GROUPS-1:0]       valid,
    output logic [ROW_BITS-1:0]     row_a,
    output logic [ROW_BITS-1:0]     row_b
);
    // Counted in parts of at most 64 bits before the first register, then added.
    localparam int unsigned PARTS = (WIDTH + 63) / 64;
    localparam int unsigned COUNT_BITS = $clog2((WIDTH > 64 ? 64 : WIDTH) + 1);
    logic [GROUPS*PARTS*COUNT_BITS-1:0] counts;
    for (genvar group = 0; group < GROUPS; group++) begin : g_group
        for (genvar part = 0; part < PARTS; part++) begin : g_part
            localparam int unsigned FIRST = group * WIDTH + part * 64;
            localparam int unsigned BITS = part == PARTS - 1 ? WIDTH - part * 64 : 64;
            localparam int unsigned HALF = BITS / 2;
            always_ff @(posedge clk) begin
                if (valid[group]) begin
                    counts[(group*PARTS+part)*COUNT_BITS+:COUNT_BITS] <=
                        COUNT_BITS'($countones(x[FIRST+:BITS] ~^ weights[FIRST+:BITS]));
                end else begin
                    counts[(group*PARTS+part)*COUNT_BITS+:COUNT_BITS] <= COUNT_BITS'(HALF);
                end
            end
        end
    end
    logic [ROW_BITS-1:0] sum;
    always_comb begin
        sum = '0;
        for (int unsigned i = 0; i < GROUPS * PARTS; i++) sum = sum + ROW_BITS'(counts[i*COUNT_BITS+:COUNT_BITS]);
    end
    always_ff @(posedge clk) row_a <= sum;
    assign row_b = '0;
endmodule
