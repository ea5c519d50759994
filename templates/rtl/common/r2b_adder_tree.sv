// Sum of COUNT integers, one cycle later: a tree of two-input adders with one register, halfway.
//
// A level is a bit wider than the one before, up to SUM_BITS, which hold the sum of any of the integers.
module r2b_adder_tree #(
    parameter int unsigned COUNT = 2,
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned SUM_BITS = 9
) (
    input  logic                  clk,
    input  logic [COUNT*BITS-1:0] in,
    output logic [SUM_BITS-1:0]   sum
);
    localparam int unsigned LEVELS = $clog2(COUNT);
    localparam int unsigned REGISTER = (LEVELS + 1) / 2;
    for (genvar level = 0; level <= LEVELS; level++) begin : g_level
        localparam int unsigned NODES = (COUNT + (1 << level) - 1) >> level;
        localparam int unsigned WIDTH = BITS + level < SUM_BITS ? BITS + level : SUM_BITS;
        logic [NODES*WIDTH-1:0] sums;
        logic [NODES*WIDTH-1:0] nodes;
        for (genvar node = 0; node < NODES; node++) begin : g_node
            logic [WIDTH-1:0] left;
            if (level == 0) begin : g_leaf
                r2b_resize #(
                    .FROM(BITS),
                    .IS_SIGNED(IS_SIGNED),
                    .TO(WIDTH)
                ) resize (
                    .in(in[node*BITS+:BITS]),
                    .out(left)
                );
                assign sums[node*WIDTH+:WIDTH] = left;
            end else begin : g_sum
                localparam int unsigned BEFORE = (COUNT + (1 << (level - 1)) - 1) >> (level - 1);
                localparam int unsigned NARROW = BITS + level - 1 < SUM_BITS ? BITS + level - 1 : SUM_BITS;
                r2b_resize #(
                    .FROM(NARROW),
                    .IS_SIGNED(IS_SIGNED),
                    .TO(WIDTH)
                ) resize_left (
                    .in(g_level[level-1].nodes[2*node*NARROW+:NARROW]),
                    .out(left)
                );
                if (2 * node + 1 < BEFORE) begin : g_two
                    logic [WIDTH-1:0] right;
                    r2b_resize #(
                        .FROM(NARROW),
                        .IS_SIGNED(IS_SIGNED),
                        .TO(WIDTH)
                    ) resize_right (
                        .in(g_level[level-1].nodes[(2*node+1)*NARROW+:NARROW]),
                        .out(right)
                    );
                    assign sums[node*WIDTH+:WIDTH] = left + right;
                end else begin : g_one
                    assign sums[node*WIDTH+:WIDTH] = left;
                end
            end
        end
        if (level == REGISTER) begin : g_register
            always_ff @(posedge clk) nodes <= sums;
        end else begin : g_wires
            assign nodes = sums;
        end
    end
    r2b_resize #(
        .FROM(BITS + LEVELS < SUM_BITS ? BITS + LEVELS : SUM_BITS),
        .IS_SIGNED(IS_SIGNED),
        .TO(SUM_BITS)
    ) resize (
        .in(g_level[LEVELS].nodes),
        .out(sum)
    );
endmodule
