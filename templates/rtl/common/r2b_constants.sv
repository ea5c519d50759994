// Constants read in turn: the word for the iteration that fires at t (advance) stands in data from t + 1.
//
// FILE has DEPTH words, one a line, hexadecimal. After the last word comes the first again. While nothing fires, data
// keeps its word. STYLE is block, distributed or auto; one word alone takes no memory.
module r2b_constants #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 2,
    parameter FILE = "",
    parameter STYLE = "distributed"
) (
    input  logic             clk,
    input  logic             rst,
    input  logic             advance,
    output logic [WIDTH-1:0] data
);
    if (DEPTH == 1) begin : g_one
        logic [WIDTH-1:0] words[1];
        initial $readmemh(FILE, words);
        wire unused = &{1'b0, clk, rst, advance};
        assign data = words[0];
    end else begin : g_many
        localparam int unsigned ADDRESS_BITS = $clog2(DEPTH);
        localparam bit [ADDRESS_BITS-1:0] LAST = ADDRESS_BITS'(DEPTH - 1);
        logic [ADDRESS_BITS-1:0] address;
        always_ff @(posedge clk) begin
            if (rst) address <= '0;
            else if (advance) address <= address == LAST ? '0 : address + 1'b1;
        end
        if (STYLE == "block") begin : g_block
            (* rom_style = "block" *) logic [WIDTH-1:0] words[DEPTH];
            initial $readmemh(FILE, words);
            always_ff @(posedge clk) if (advance) data <= words[address];
        end else begin : g_distributed
            (* rom_style = "distributed" *) logic [WIDTH-1:0] words[DEPTH];
            initial $readmemh(FILE, words);
            always_ff @(posedge clk) if (advance) data <= words[address];
        end
    end
endmodule
