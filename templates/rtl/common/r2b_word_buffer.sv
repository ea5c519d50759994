// DEPTH words that are written once and read again: data has, from the cycle after fire, the word of address.
//
// Where takes is high with fire, that word is x_data, and it is kept; else it is what was kept at the address before.
// STYLE is distributed or block; one word takes registers.
module r2b_word_buffer #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 1,
    parameter STYLE = "distributed",
    localparam int unsigned ADDRESS_BITS = DEPTH == 1 ? 1 : $clog2(DEPTH)
) (
    input  logic                    clk,
    input  logic                    fire,
    input  logic                    takes,
    input  logic [ADDRESS_BITS-1:0] address,
    input  logic [WIDTH-1:0]        x_data,
    output logic [WIDTH-1:0]        data
);
    if (DEPTH == 1) begin : g_register
        wire unused = &{1'b0, address};
        always_ff @(posedge clk) if (fire && takes) data <= x_data;
    end else if (STYLE == "block") begin : g_block
        (* ram_style = "block" *) logic [WIDTH-1:0] words[DEPTH];
        always_ff @(posedge clk) begin
            if (fire) begin
                if (takes) begin
                    words[address] <= x_data;
                    data <= x_data;
                end else begin
                    data <= words[address];
                end
            end
        end
    end else begin : g_distributed
        // Written first and read a cycle later: no multiplexer between a new word and an old one.
        (* ram_style = "distributed" *) logic [WIDTH-1:0] words[DEPTH];
        logic [ADDRESS_BITS-1:0] read_address;
        // With a value to begin with, the register stays outside the memory in Yosys, which would join the ports.
        initial read_address = '0;
        always_ff @(posedge clk) begin
            if (fire && takes) words[address] <= x_data;
            read_address <= address;
        end
        assign data = words[read_address];
    end
endmodule
