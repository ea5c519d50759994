// LANES accumulators side by side: where fire is high, a lane's sum becomes (begins ? BEGIN : sum) + row_a + row_b.
//
// STRUCTURE "planned" is one DSP48E1 in its mode of four adders of 12 bits (UG479, "SIMD mode"), in synthesis, and in
// simulation where R2B_PRIMITIVES is defined: A:B and C are the rows, P the sums. BEGIN's bits go in where a row has
// none: FREE_A and FREE_B are the columns that rows a and b never use, and hold all of BEGIN's bits.
module r2b_dsp_accumulators #(
    parameter int unsigned LANES = 4,
    parameter int unsigned BITS = 8,
    parameter int unsigned ROW_BITS = 7,
    parameter bit [BITS-1:0] BEGIN = '0,
    parameter bit [11:0] FREE_A = '0,
    parameter bit [11:0] FREE_B = '0,
    parameter STRUCTURE = "planned"
) (
    input  logic                      clk,
    input  logic                      fire,
    input  logic                      begins,
    input  logic [LANES*ROW_BITS-1:0] row_a,
    input  logic [LANES*ROW_BITS-1:0] row_b,
    output logic [LANES*BITS-1:0]     sums
);
`ifdef SYNTHESIS
    localparam bit PRIMITIVES = 1'b1;
`elsif R2B_PRIMITIVES
    localparam bit PRIMITIVES = 1'b1;
`else
    localparam bit PRIMITIVES = 1'b0;
`endif
    localparam bit PLANNED = PRIMITIVES && STRUCTURE == "planned";
    if (PLANNED) begin : g_planned
        localparam bit [11:0] BEGIN_12 = 12'(signed'(BEGIN));
        localparam bit [11:0] BEGIN_A = BEGIN_12 & FREE_A;
        localparam bit [11:0] BEGIN_B = BEGIN_12 & ~FREE_A;
        if ((BEGIN_B & ~FREE_B) != 0) begin : g_refused
            $error("no free columns for the first value %0d", BEGIN);
        end
        logic [47:0] a;
        logic [47:0] b;
        logic [47:0] p;
        for (genvar lane = 0; lane < 4; lane++) begin : g_lane
            if (lane < LANES) begin : g_used
                assign a[12*lane+:12] = 12'(row_a[lane*ROW_BITS+:ROW_BITS]) | (begins ? BEGIN_A : 12'd0);
                assign b[12*lane+:12] = 12'(row_b[lane*ROW_BITS+:ROW_BITS]) | (begins ? BEGIN_B : 12'd0);
                assign sums[lane*BITS+:BITS] = p[12*lane+:BITS];
            end else begin : g_idle
                assign a[12*lane+:12] = '0;
                assign b[12*lane+:12] = '0;
            end
        end
        wire unused = &{1'b0, p};
        DSP48E1 #(
            .USE_SIMD("FOUR12"),
            .USE_MULT("NONE"),
            .ACASCREG(0),
            .ADREG(0),
            .ALUMODEREG(0),
            .AREG(0),
            .BCASCREG(0),
            .BREG(0),
            .CARRYINREG(0),
            .CARRYINSELREG(0),
            .CREG(0),
            .DREG(0),
            .INMODEREG(0),
            .MREG(0),
            .OPMODEREG(0),
            .PREG(1)
        ) accumulators (
            .CLK(clk),
            .A(a[47:18]),
            .B(a[17:0]),
            .C(b),
            .D(25'd0),
            // P, or nothing where a sum begins, and C, and A:B.
            .OPMODE({1'b0, !begins, 1'b0, 4'b1111}),
            .ALUMODE(4'b0000),
            .INMODE(5'd0),
            .CARRYIN(1'b0),
            .CARRYINSEL(3'd0),
            .CEP(fire),
            .CEA1(1'b0),
            .CEA2(1'b0),
            .CEAD(1'b0),
            .CEALUMODE(1'b0),
            .CEB1(1'b0),
            .CEB2(1'b0),
            .CEC(1'b0),
            .CECARRYIN(1'b0),
            .CECTRL(1'b0),
            .CED(1'b0),
            .CEINMODE(1'b0),
            .CEM(1'b0),
            .RSTA(1'b0),
            .RSTALLCARRYIN(1'b0),
            .RSTALUMODE(1'b0),
            .RSTB(1'b0),
            .RSTC(1'b0),
            .RSTCTRL(1'b0),
            .RSTD(1'b0),
            .RSTINMODE(1'b0),
            .RSTM(1'b0),
            .RSTP(1'b0),
            .ACIN(30'd0),
            .BCIN(18'd0),
            .PCIN(48'd0),
            .CARRYCASCIN(1'b0),
            .MULTSIGNIN(1'b0),
            .P(p)
        );
    end else begin : g_behavioural
        for (genvar lane = 0; lane < LANES; lane++) begin : g_lane
            always_ff @(posedge clk) begin
                if (fire) begin
                    sums[lane*BITS+:BITS] <= (begins ? BEGIN : sums[lane*BITS+:BITS]) +
                        BITS'(row_a[lane*ROW_BITS+:ROW_BITS]) + BITS'(row_b[lane*ROW_BITS+:ROW_BITS]);
                end
            end
        end
    end
endmodule
