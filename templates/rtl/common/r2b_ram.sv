// A memory of one write and one read port: data has, from the cycle after read_address, the word there.
//
// A word written at t is there from t + 1; reading an address in the cycle in which it is written is not defined.
// STYLE is distributed or block.
module r2b_ram #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 2,
    parameter STYLE = "distributed",
    localparam int unsigned ADDRESS_BITS = $clog2(DEPTH)
) (
    input  logic                    clk,
    input  logic                    write,
    input  logic [ADDRESS_BITS-1:0] write_address,
    input  logic [WIDTH-1:0]        write_data,
    input  logic [ADDRESS_BITS-1:0] read_address,
    output logic [WIDTH-1:0]        data
);
    if (STYLE == "block") begin : g_block
        (* ram_style = "block" *) logic [WIDTH-1:0] words[DEPTH];
        always_ff @(posedge clk) begin
            if (write) words[write_address] <= write_data;
            data <= words[read_address];
        end
    end else begin : g_distributed
        (* ram_style = "distributed" *) logic [WIDTH-1:0] words[DEPTH];
        always_ff @(posedge clk) begin
            if (write) words[write_address] <= write_data;
            data <= words[read_address];
        end
    end
endmodule
