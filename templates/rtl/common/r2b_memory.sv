// A memory with one write and one read port: the word at read_address in cycle t stands in read_data in t + 1.
//
// A word written at t is read at t + 1 and later. What a read gives at t of the word written at t is not defined: block
// RAM gives the old word, LUTRAM, whose address is registered and not its data, the new one. STYLE is block or
// distributed; one word alone is a register. Where the write's address is the read's of a cycle before, LUTRAM needs
// one port only.
module r2b_memory #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 2,
    parameter STYLE = "distributed",
    localparam int unsigned ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1
) (
    input  logic                    clk,
    input  logic                    write,
    input  logic [ADDRESS_BITS-1:0] write_address,
    input  logic [WIDTH-1:0]        write_data,
    input  logic [ADDRESS_BITS-1:0] read_address,
    output logic [WIDTH-1:0]        read_data
);
    if (DEPTH == 1) begin : g_register
        wire unused = &{1'b0, write_address, read_address};
        always_ff @(posedge clk) if (write) read_data <= write_data;
    end else if (STYLE == "block") begin : g_block
        (* ram_style = "block" *) logic [WIDTH-1:0] words[DEPTH];
        always_ff @(posedge clk) begin
            if (write) words[write_address] <= write_data;
            read_data <= words[read_address];
        end
    end else begin : g_distributed
        (* ram_style = "distributed" *) logic [WIDTH-1:0] words[DEPTH];
        logic [ADDRESS_BITS-1:0] address;
        // With a value to begin with, the register stays outside the memory in Yosys.
        initial address = '0;
        always_ff @(posedge clk) begin
            if (write) words[write_address] <= write_data;
            address <= read_address;
        end
        assign read_data = words[address];
    end
endmodule
