    // What an UltraRAM does (UG573) without cascades, output registers and sleep: port A first, then port B.
    reg [71:0] content[0:4095];
    reg [71:0] read_a = 0, read_b = 0;
    integer i;
    initial begin
        for (i = 0; i < 4096; i = i + 1) content[i] = 0;
        if (OREG_A != "FALSE" || OREG_B != "FALSE" || CASCADE_ORDER_A != "NONE" || CASCADE_ORDER_B != "NONE")
            $fatal(1, "no output register, no cascade");
    end
    // BWE has a bit a byte of data, with its bit of parity; or one for all parity.
    function [71:0] written(input [8:0] bytes, input interleaved);
        integer k;
        for (k = 0; k < 72; k = k + 1) written[k] = bytes[k < 64 ? k / 8 : interleaved ? k - 64 : 8];
    endfunction
    reg [71:0] bits_a, bits_b;
    always @(posedge CLK) begin
        if (RST_A || RST_B) $fatal(1, "a reset of an UltraRAM's output is not modelled");
        bits_a = EN_A && RDB_WR_A ? written(BWE_A, BWE_MODE_A == "PARITY_INTERLEAVED") : 72'd0;
        bits_b = EN_B && RDB_WR_B ? written(BWE_B, BWE_MODE_B == "PARITY_INTERLEAVED") : 72'd0;
        // RDB_WR is low for a read. Port A's write is seen by port B in the same cycle.
        if (EN_A && !RDB_WR_A) read_a <= content[ADDR_A[11:0]];
        content[ADDR_A[11:0]] = content[ADDR_A[11:0]] & ~bits_a | DIN_A & bits_a;
        if (EN_B && !RDB_WR_B) read_b <= content[ADDR_B[11:0]];
        content[ADDR_B[11:0]] = content[ADDR_B[11:0]] & ~bits_b | DIN_B & bits_b;
    end
    assign DOUT_A = read_a;
    assign DOUT_B = read_b;
