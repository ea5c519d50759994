// What LUT6_2 and CARRY4 compute (UG953), and the macro that brings them into a simulation.
`define R2B_PRIMITIVES
/* verilator lint_off DECLFILENAME */ // Two primitives of one library.
module LUT6_2 #(
    parameter bit [63:0] INIT = '0
) (
    input  logic I0,
    input  logic I1,
    input  logic I2,
    input  logic I3,
    input  logic I4,
    input  logic I5,
    output logic O6,
    output logic O5
);
    assign O6 = INIT[{I5, I4, I3, I2, I1, I0}];
    assign O5 = INIT[{1'b0, I4, I3, I2, I1, I0}];
endmodule

module CARRY4 (
    input  logic       CI,
    input  logic       CYINIT,
    input  logic [3:0] DI,
    input  logic [3:0] S,
    output logic [3:0] O,
    output logic [3:0] CO
);
    logic [4:0] carry  /* verilator split_var */;
    assign carry[0] = CI || CYINIT;
    for (genvar i = 0; i < 4; i++) begin : g_bit
        assign O[i] = S[i] ^ carry[i];
        assign carry[i+1] = S[i] ? carry[i] : DI[i];
        assign CO[i] = carry[i+1];
    end
endmodule
/* verilator lint_on DECLFILENAME */
