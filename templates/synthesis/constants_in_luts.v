// Constants in LUTs, for Yosys: a column of up to 64 words is one LUT6, deeper ones a LUT6 for every 64 words and what
// chooses among them. Without it a column of 64 random words can come out as four LUTs. Few words are left to the mapper,
// which merges them with what is behind.
(* techmap_celltype = "$mem_v2" *)
module r2b_constants_in_luts (RD_CLK, RD_EN, RD_ARST, RD_SRST, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA);
    parameter MEMID = "";
    parameter SIZE = 64;
    parameter OFFSET = 0;
    parameter ABITS = 6;
    parameter WIDTH = 8;
    parameter signed INIT = 1'bx;
    parameter RD_PORTS = 1;
    parameter RD_CLK_ENABLE = 1'b0;
    parameter RD_CLK_POLARITY = 1'b1;
    parameter RD_TRANSPARENCY_MASK = 1'b0;
    parameter RD_COLLISION_X_MASK = 1'b0;
    parameter RD_WIDE_CONTINUATION = 1'b0;
    parameter RD_CE_OVER_SRST = 1'b0;
    parameter RD_ARST_VALUE = 1'b0;
    parameter RD_SRST_VALUE = 1'b0;
    parameter RD_INIT_VALUE = 1'b0;
    parameter WR_PORTS = 0;
    parameter WR_CLK_ENABLE = 1'b0;
    parameter WR_CLK_POLARITY = 1'b0;
    parameter WR_PRIORITY_MASK = 1'b0;
    parameter WR_WIDE_CONTINUATION = 1'b0;
    input [RD_PORTS-1:0] RD_CLK, RD_EN, RD_ARST, RD_SRST;
    input [RD_PORTS*ABITS-1:0] RD_ADDR;
    output [RD_PORTS*WIDTH-1:0] RD_DATA;
    input [WR_PORTS-1:0] WR_CLK;
    input [WR_PORTS*WIDTH-1:0] WR_EN, WR_DATA;
    input [WR_PORTS*ABITS-1:0] WR_ADDR;
    wire _TECHMAP_FAIL_ = WR_PORTS != 0 || RD_CLK_ENABLE != 0 || SIZE <= 16 || OFFSET != 0;
    localparam BANKS = (SIZE + 63) / 64;
    function [63:0] column(input integer bank, input integer place);
        integer i;
        for (i = 0; i < 64; i = i + 1)
            column[i] = bank * 64 + i < SIZE ? INIT[(bank * 64 + i) * WIDTH + place] === 1'b1 : 1'b0;
    endfunction
    genvar p, b, k;
    generate
        for (p = 0; p < RD_PORTS; p = p + 1) begin : port
            wire [ABITS+5:0] address = RD_ADDR[p*ABITS+:ABITS];
            for (b = 0; b < WIDTH; b = b + 1) begin : bitcolumn
                wire [BANKS-1:0] banks;
                for (k = 0; k < BANKS; k = k + 1) begin : bank
                    LUT6 #(.INIT(column(k, b))) rom (.I0(address[0]), .I1(address[1]), .I2(address[2]),
                        .I3(address[3]), .I4(address[4]), .I5(ABITS > 5 ? address[5] : 1'b0), .O(banks[k]));
                end
                if (BANKS == 1) assign RD_DATA[p*WIDTH+b] = banks;
                else assign RD_DATA[p*WIDTH+b] = banks[address[ABITS-1:6]];
            end
        end
    endgenerate
endmodule
