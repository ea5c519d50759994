// Product of operand and multiplier, combinational: a row for each radix-4 digit (-2 to 2) of the multiplier.
module r2b_booth_rows #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned DIGIT_BITS = 8,
    parameter bit DIGITS_SIGNED = 1'b1
) (
    input  logic [BITS-1:0]            operand,
    input  logic [DIGIT_BITS-1:0]      multiplier,
    output logic [BITS+DIGIT_BITS-1:0] product
);
    localparam int unsigned ROWS = (DIGIT_BITS + 32'(!DIGITS_SIGNED) + 1) / 2;
    localparam int unsigned ROW_BITS = BITS + 2;
    localparam int unsigned ALL_BITS = 2 * ROWS + BITS;
    // A digit is seen by its two bits and the one below them.
    logic [2*ROWS:0] digits;
    logic [ROW_BITS-1:0] once;
    logic [ROW_BITS-1:0] twice;
    assign digits = {{2 * ROWS - DIGIT_BITS{DIGITS_SIGNED && multiplier[DIGIT_BITS-1]}}, multiplier, 1'b0};
    assign once = {{2{IS_SIGNED && operand[BITS-1]}}, operand};
    assign twice = {once[ROW_BITS-2:0], 1'b0};
    // Row r is worth 4**r: its two low bits are final, the others go into the next row.
    logic [ROW_BITS-1:0] sums[ROWS];
    logic [ALL_BITS-1:0] bits;
    for (genvar row = 0; row < ROWS; row++) begin : g_row
        logic [2:0] digit;
        logic [ROW_BITS-1:0] multiple;
        logic [ROW_BITS-1:0] partial;
        logic [ROW_BITS:0] total;
        assign digit = digits[2*row+:3];
        always_comb begin
            unique case (digit)
                3'b000, 3'b111: multiple = {ROW_BITS{digit[2]}};
                3'b001, 3'b010: multiple = once;
                3'b011: multiple = twice;
                3'b100: multiple = ~twice;
                3'b101, 3'b110: multiple = ~once;
            endcase
        end
        if (row == 0) begin : g_first
            assign partial = '0;
        end else begin : g_next
            assign partial = {{2{sums[row-1][ROW_BITS-1]}}, sums[row-1][ROW_BITS-1:2]};
        end
        // The bit below makes the complement a negative number: it carries where the digit is negative.
        assign total = {partial, 1'b1} + {multiple, digit[2]};
        assign sums[row] = total[ROW_BITS:1];
        assign bits[2*row+:2] = sums[row][1:0];
        wire unused = &{1'b0, total[0]};
    end
    assign bits[ALL_BITS-1:2*ROWS] = sums[ROWS-1][ROW_BITS-1:2];
    assign product = bits[BITS+DIGIT_BITS-1:0];
    if (ALL_BITS > BITS + DIGIT_BITS) begin : g_above
        wire unused = &{1'b0, bits[ALL_BITS-1:BITS+DIGIT_BITS]};
    end
endmodule
