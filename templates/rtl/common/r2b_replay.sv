// Words that come once and are used in several passes: the word of the iteration that fires at t stands in out at t + 2.
//
// An iteration with load brings its word; later ones with the same address find it. What iterations without load bring
// is ignored. Unless REPLAYED every iteration brings its own word, and nothing is kept.
module r2b_replay #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 1,
    parameter bit REPLAYED = 1'b1,
    parameter STYLE = "distributed",
    localparam int unsigned ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
    input  logic                    clk,
    input  logic                    load,
    input  logic [ADDRESS_BITS-1:0] address,
    input  logic [WIDTH-1:0]        in,
    output logic [WIDTH-1:0]        out
);
    if (!REPLAYED) begin : g_once
        logic [WIDTH-1:0] word;
        wire unused = &{1'b0, load, address};
        always_ff @(posedge clk) begin
            word <= in;
            out <= word;
        end
    end else if (DEPTH == 1) begin : g_held
        logic [WIDTH-1:0] word;
        wire unused = &{1'b0, address};
        always_ff @(posedge clk) begin
            if (load) word <= in;
            out <= word;
        end
    end else begin : g_memory
        // Read a cycle after it is written, before the next iteration can write there.
        logic [ADDRESS_BITS-1:0] read_address;
        always_ff @(posedge clk) read_address <= address;
        if (STYLE == "block") begin : g_block
            (* ram_style = "block" *) logic [WIDTH-1:0] words[DEPTH];
            always_ff @(posedge clk) begin
                if (load) words[address] <= in;
                out <= words[read_address];
            end
        end else begin : g_distributed
            (* ram_style = "distributed" *) logic [WIDTH-1:0] words[DEPTH];
            always_ff @(posedge clk) begin
                if (load) words[address] <= in;
                out <= words[read_address];
            end
        end
    end
endmodule
