// Sum of rows of bits: where fire is high, sum becomes (begins ? BEGIN : sum) + row_a + row_b + both carry_inputs.
//
// STRUCTURE "planned" is a three-operand adder, a LUT6_2 a bit, in synthesis, and in simulation where R2B_PRIMITIVES is
// defined: a LUT adds the bits of the sum and of both rows, hands their carry to the next bit's LUT, and the CARRY4
// adds the two. The carry inputs are what bit 0 has in place of a lower bit's carries.
module r2b_accumulator #(
    parameter int unsigned BITS = 8,
    parameter int unsigned ROW_BITS = 7,
    parameter bit [BITS-1:0] BEGIN = '0,
    parameter STRUCTURE = "planned"
) (
    input  logic                clk,
    input  logic                fire,
    input  logic                begins,
    input  logic [ROW_BITS-1:0] row_a,
    input  logic [ROW_BITS-1:0] row_b,
    input  logic [1:0]          carry_inputs,
    output logic [BITS-1:0]     sum
);
`ifdef SYNTHESIS
    localparam bit PRIMITIVES = 1'b1;
`elsif R2B_PRIMITIVES
    localparam bit PRIMITIVES = 1'b1;
`else
    localparam bit PRIMITIVES = 1'b0;
`endif
    localparam bit PLANNED = PRIMITIVES && STRUCTURE == "planned";
    logic [BITS-1:0] a;
    logic [BITS-1:0] b;
    logic [BITS-1:0] next;
    assign a = BITS'(row_a);
    assign b = BITS'(row_b);
    always_ff @(posedge clk) if (fire) sum <= next;

    if (PLANNED) begin : g_planned
        // Inputs of a LUT: a, b, sum, begins, the lower bit's carry. O6 is the parity of a, b, the sum's bit and that
        // carry; O5 the majority of the first three. The sum's bit is BEGIN's where begins is high.
        localparam bit [63:0] BIT_OF_0 = 64'h9969669688e888e8;
        localparam bit [63:0] BIT_OF_1 = 64'h66699996eee8eee8;
        localparam int unsigned CHAIN = (BITS + 3) / 4;
        logic [4*CHAIN-1:0] select;
        logic [4*CHAIN-1:0] data;
        logic [4*CHAIN-1:0] sums;
        logic [4*CHAIN-1:0] carries;
        logic [BITS:0] majority;
        assign majority[0] = carry_inputs[0];
        for (genvar i = 0; i < 4 * CHAIN; i++) begin : g_bit
            if (i < BITS) begin : g_used
                LUT6_2 #(
                    .INIT(BEGIN[i] ? BIT_OF_1 : BIT_OF_0)
                ) add (
                    .I0(a[i]),
                    .I1(b[i]),
                    .I2(sum[i]),
                    .I3(begins),
                    .I4(majority[i]),
                    .I5(1'b1),
                    .O6(select[i]),
                    .O5(majority[i+1])
                );
                assign data[i] = majority[i];
                assign next[i] = sums[i];
            end else begin : g_idle
                assign select[i] = 1'b0;
                assign data[i] = 1'b0;
            end
        end
        for (genvar i = 0; i < CHAIN; i++) begin : g_carry
            if (i == 0) begin : g_first
                CARRY4 chain (
                    .CI(1'b0),
                    .CYINIT(carry_inputs[1]),
                    .DI(data[3:0]),
                    .S(select[3:0]),
                    .O(sums[3:0]),
                    .CO(carries[3:0])
                );
            end else begin : g_next
                CARRY4 chain (
                    .CI(carries[4*i-1]),
                    .CYINIT(1'b0),
                    .DI(data[4*i+:4]),
                    .S(select[4*i+:4]),
                    .O(sums[4*i+:4]),
                    .CO(carries[4*i+:4])
                );
            end
        end
        wire unused = &{1'b0, sums, carries, majority[BITS]};
    end else begin : g_behavioural
        assign next = (begins ? BEGIN : sum) + a + b + BITS'(carry_inputs[0]) + BITS'(carry_inputs[1]);
    end
endmodule
