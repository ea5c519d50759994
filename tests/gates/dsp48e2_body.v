    // What a DSP48E2 does (UG579) without pre-adder, cascades of A and B, pattern detector and carry inputs.
    initial begin
        if (AREG > 1 && ACASCREG > 2 || A_INPUT != "DIRECT" || B_INPUT != "DIRECT") $fatal(1, "A and B come from ports");
        if (AMULTSEL != "A" || BMULTSEL != "B" || USE_SIMD == "TWO24") $fatal(1, "no pre-adder, no TWO24");
        if (USE_PATTERN_DETECT != "NO_PATDET" || USE_WIDEXOR != "FALSE") $fatal(1, "no pattern detector, no XOR");
    end
    reg [29:0] a1 = 0, a2 = 0;
    reg [17:0] b1 = 0, b2 = 0;
    reg [47:0] c1 = 0, p1 = 0;
    reg [44:0] m1 = 0;
    reg [8:0] opmode1 = 0;
    reg [3:0] alumode1 = 0;
    wire [29:0] a = AREG == 0 ? A : a2;
    wire [17:0] b = BREG == 0 ? B : b2;
    wire [47:0] c = CREG == 0 ? C : c1;
    wire [8:0] opmode = OPMODEREG == 0 ? OPMODE : opmode1;
    wire [3:0] alumode = ALUMODEREG == 0 ? ALUMODE : alumode1;
    wire signed [44:0] product = $signed(a[26:0]) * $signed(b);
    wire signed [44:0] m = MREG == 0 ? product : m1;
    reg [47:0] w, x, y, z, sum;
    integer lane;
    always @* begin
        // OPMODE[8:7] W, [6:4] Z, [3:2] Y, [1:0] X (UG579, tables 2-3 to 2-6); X and Y are the multiplier's together.
        w = opmode[8:7] == 2'b01 ? p1 : opmode[8:7] == 2'b10 ? RND : opmode[8:7] == 2'b11 ? c : 48'd0;
        x = opmode[1:0] == 2'b01 ? {{3{m[44]}}, m} : opmode[1:0] == 2'b10 ? p1 : opmode[1:0] == 2'b11 ? {a, b} : 48'd0;
        y = opmode[3:2] == 2'b10 ? {48{1'b1}} : opmode[3:2] == 2'b11 ? c : 48'd0;
        case (opmode[6:4])
            3'b001: z = PCIN;
            3'b010: z = p1;
            3'b011: z = c;
            3'b101: z = {{17{PCIN[47]}}, PCIN[47:17]};
            3'b110: z = {{17{p1[47]}}, p1[47:17]};
            default: z = 48'd0;
        endcase
        // ALUMODE (UG579, table 2-8): Z + W + X + Y, or Z - (W + X + Y).
        if (USE_SIMD == "FOUR12") begin
            for (lane = 0; lane < 4; lane = lane + 1)
                sum[12*lane+:12] = alumode == 4'b0011 ? z[12*lane+:12] - (w[12*lane+:12] + x[12*lane+:12] + y[12*lane+:12])
                                                      : z[12*lane+:12] + w[12*lane+:12] + x[12*lane+:12] + y[12*lane+:12];
        end else sum = alumode == 4'b0011 ? z - (w + x + y) : z + w + x + y;
    end
    always @(posedge CLK) begin
        if (AREG == 2) begin
            if (RSTA) {a1, a2} <= 0;
            else begin
                if (CEA1) a1 <= A;
                if (CEA2) a2 <= a1;
            end
        end else if (RSTA) a2 <= 0;
        else if (CEA2) a2 <= A;
        if (BREG == 2) begin
            if (RSTB) {b1, b2} <= 0;
            else begin
                if (CEB1) b1 <= B;
                if (CEB2) b2 <= b1;
            end
        end else if (RSTB) b2 <= 0;
        else if (CEB2) b2 <= B;
        if (RSTC) c1 <= 0;
        else if (CEC) c1 <= C;
        if (RSTM) m1 <= 0;
        else if (CEM) m1 <= product;
        if (RSTP) p1 <= 0;
        else if (CEP) p1 <= sum;
        if (RSTCTRL) opmode1 <= 0;
        else if (CECTRL) opmode1 <= OPMODE;
        if (RSTALUMODE) alumode1 <= 0;
        else if (CEALUMODE) alumode1 <= ALUMODE;
        if (alumode != 4'b0000 && alumode != 4'b0011) $fatal(1, "ALUMODE %b is not modelled", alumode);
        if ((opmode[1:0] == 2'b01) != (opmode[3:2] == 2'b01)) $fatal(1, "OPMODE %b is not defined", opmode);
        if (INMODE != 5'd0 || CARRYIN || CARRYINSEL != 3'd0) $fatal(1, "INMODE and carry inputs are not modelled");
        if (PREG == 0 && (opmode[1:0] == 2'b10 || opmode[6:4] == 3'b010)) $fatal(1, "P without its register");
    end
    assign P = PREG == 0 ? sum : p1;
    assign PCOUT = P;
