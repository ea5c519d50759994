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

// Four adders of 12 bits: P, or zero, and C and A:B. Nothing else of the DSP48E1 is modelled.
module DSP48E1 #(
    parameter USE_SIMD = "ONE48",
    parameter USE_MULT = "MULTIPLY",
    parameter int ACASCREG = 1, ADREG = 1, ALUMODEREG = 1, AREG = 1, BCASCREG = 1, BREG = 1, CARRYINREG = 1,
    parameter int CARRYINSELREG = 1, CREG = 1, DREG = 1, INMODEREG = 1, MREG = 1, OPMODEREG = 1, PREG = 1
) (
    input logic CLK, CARRYIN, CEP, CEA1, CEA2, CEAD, CEALUMODE, CEB1, CEB2, CEC, CECARRYIN, CECTRL, CED, CEINMODE, CEM,
    input logic RSTA, RSTALLCARRYIN, RSTALUMODE, RSTB, RSTC, RSTCTRL, RSTD, RSTINMODE, RSTM, RSTP, CARRYCASCIN,
    input logic MULTSIGNIN,
    input logic [29:0] A, ACIN,
    input logic [17:0] B, BCIN,
    input logic [47:0] C, PCIN,
    input logic [24:0] D,
    input logic [6:0] OPMODE,
    input logic [3:0] ALUMODE,
    input logic [4:0] INMODE,
    input logic [2:0] CARRYINSEL,
    output logic [47:0] P, PCOUT,
    output logic [29:0] ACOUT,
    output logic [17:0] BCOUT,
    output logic [3:0] CARRYOUT,
    output logic CARRYCASCOUT, MULTSIGNOUT, OVERFLOW, PATTERNBDETECT, PATTERNDETECT, UNDERFLOW
);
    initial begin
        if (USE_SIMD != "FOUR12" || AREG + BREG + CREG + OPMODEREG + ALUMODEREG != 0 || PREG != 1) $fatal;
    end
    logic [47:0] ab;
    assign ab = {A, B};
    for (genvar i = 0; i < 4; i++) begin : g_lane
        always_ff @(posedge CLK) begin
            if (CEP) begin
                P[12*i+:12] <= (OPMODE[6:4] == 3'b010 ? P[12*i+:12] : 12'd0) +
                    (OPMODE[3:2] == 2'b11 ? C[12*i+:12] : 12'd0) + (OPMODE[1:0] == 2'b11 ? ab[12*i+:12] : 12'd0);
            end
        end
    end
endmodule
/* verilator lint_on DECLFILENAME */
