// A stand-in for the vendor's ap_axi_sdata.h in C-simulation: the AXI-Stream signals the accelerator uses.
#pragma once

#include "hls_stream.h"

template <int DATA_BITS, int USER_BITS, int ID_BITS, int DESTINATION_BITS> struct ap_axiu {
    static_assert(USER_BITS == 0 && ID_BITS == 0 && DESTINATION_BITS == 0, "TUSER, TID and TDEST are not used");
    ap_uint<DATA_BITS> data;
    ap_uint<(DATA_BITS + 7) / 8> keep;
    ap_uint<(DATA_BITS + 7) / 8> strb;
    ap_uint<1> last;
};

namespace hls {

/// Data lanes, then TKEEP lanes, then TLAST; TSTRB always equals TKEEP.
template <int DATA_BITS> struct Lanes<ap_axiu<DATA_BITS, 0, 0, 0>> {
    typedef Lanes<ap_uint<DATA_BITS>> Data;
    typedef Lanes<ap_uint<(DATA_BITS + 7) / 8>> Keep;
    static constexpr int COUNT = Data::COUNT + Keep::COUNT + 1;

    static void store(const ap_axiu<DATA_BITS, 0, 0, 0>& transfer, std::uint64_t* lanes) {
        Data::store(transfer.data, lanes);
        Keep::store(transfer.keep, lanes + Data::COUNT);
        Lanes<ap_uint<1>>::store(transfer.last, lanes + COUNT - 1);
    }

    static void load(ap_axiu<DATA_BITS, 0, 0, 0>& transfer, const std::uint64_t* lanes) {
        Data::load(transfer.data, lanes);
        Keep::load(transfer.keep, lanes + Data::COUNT);
        transfer.strb = transfer.keep;
        Lanes<ap_uint<1>>::load(transfer.last, lanes + COUNT - 1);
    }
};

}  // namespace hls
